Gem::Specification.new do |gem|
  gem.name = "kit"
  gem.version = "2.1.0"
  gem.summary = "Tests"
  gem.author = "nobody"
  gem.files = ["lib/kit.rb", "lib/sample.bin"]
end
