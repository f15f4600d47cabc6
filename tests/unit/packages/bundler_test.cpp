#include "packages/bundler.h"

#include "support/catch.h"

using namespace imgslim::packages;

namespace {

const char* const lock = R"(GEM
  remote: https://rubygems.org/
  specs:
    diff-lcs (1.5.0)
    nokogiri (1.15.4-x86_64-linux)
      racc (~> 1.4)
    racc (1.7.1)
    rack (3.0.8)
    rspec (3.12.0)
      diff-lcs (>= 1.2.0, < 2.0)
      rack (> 2)
    rubocop (1.50.0)

PLATFORMS
  x86_64-linux

DEPENDENCIES
  nokogiri
  rack (~> 3.0)
  rspec (= 3.12.0)
  rubocop!

BUNDLED WITH
   2.3.15
)";

std::vector<std::string> development(std::string_view gemfile) {
  std::vector<std::string> names;
  for (const auto& gem : read_bundler_lock(gemfile, lock))
    if (gem.development) names.push_back(gem.name);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("gems of groups for development and what only those need are told, in blocks and in options") {
  CHECK(development(R"(source "https://rubygems.org"
gem "rack", "~> 3.0"
if ENV["X"]
  gem 'nokogiri'
end
group :development, :test do
  platforms :ruby do
    gem "rspec", "= 3.12.0"
  end
end
gem "rubocop", require: false, group: :development
)") == Names{"diff-lcs", "rspec", "rubocop"});
  CHECK(development("gem 'rspec', :groups => [:test, :development]\ngem('rubocop', groups: [:test])\n") ==
        Names{"diff-lcs", "rspec", "rubocop"});
}

TEST_CASE("what production asks for too is production's, and what the Gemfile does not tell is") {
  CHECK(development("").empty());
  CHECK(development("gemspec\n").empty());
  CHECK(development("group :test, :production do\n  gem 'rspec'\nend\n").empty());
  CHECK(development("group :test do\n  gem 'rspec'\nend\ngem 'rspec'\n").empty());
  CHECK(development("group :test do\nend\ngem 'rspec'\n").empty());
  CHECK(development("gem 'rspec', groups: [:test, :default]\n").empty());
  CHECK(development("# group :test do\ngem 'rspec'\n").empty());
}

TEST_CASE("versions are without platforms, and a lock that is none has no gems") {
  const auto gems = read_bundler_lock("", lock);
  REQUIRE(gems.size() == 6);
  CHECK(gems[1].name == "nokogiri");
  CHECK(gems[1].version == "1.15.4");
  CHECK(read_bundler_lock("gem 'a'", "DEPENDENCIES\n  a\n").empty());
  CHECK(read_bundler_lock(")", "GEM\n  specs:\n    a )1(\n    b\n").empty());
}
