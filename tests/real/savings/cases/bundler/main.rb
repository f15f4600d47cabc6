require "greeter"
puts greet("world")
