def greet(name) = "hello #{name}"
