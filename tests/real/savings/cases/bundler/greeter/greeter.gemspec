Gem::Specification.new do |gem|
  gem.name = "greeter"
  gem.version = "1.0.0"
  gem.summary = "Greets"
  gem.author = "nobody"
  gem.files = ["lib/greeter.rb"]
end
