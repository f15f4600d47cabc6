// Runs a fuzz target without libFuzzer: every file of a corpus folder as it is, then mutations of them. The mutations
// come from a fixed seed, so that a failure repeats, and their number is fixed, so that the plain test run stays short.
//
// usage: fuzz_replay_NAME CORPUS_DIR [MUTATIONS]
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t default_mutations = 4'000;
constexpr std::size_t max_input_bytes = 1u << 20;

std::vector<std::string> read_corpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  if (std::filesystem::is_directory(folder)) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> inputs = {""};
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

/// Distributions of <random> differ between libraries; the engine's raw numbers do not.
class Mutator {
 public:
  explicit Mutator(const std::vector<std::string>& inputs) : inputs_(inputs) {}

  std::string next() {
    std::string input = inputs_[below(inputs_.size())];
    for (std::size_t changes = 1 + below(4); changes > 0; --changes) change(input);
    input.resize(std::min(input.size(), max_input_bytes));
    return input;
  }

 private:
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }

  void change(std::string& input) {
    if (input.empty()) {
      input.push_back(static_cast<char>(below(256)));
      return;
    }
    const std::size_t at = below(input.size());
    switch (below(7)) {
      case 0:
        input[at] = static_cast<char>(static_cast<unsigned char>(input[at]) ^ (1u << below(8)));
        break;
      case 1:
        input[at] = static_cast<char>(below(256));
        break;
      case 2:
        input.resize(at);
        break;
      case 3:
        input.erase(at, 1 + below(16));
        break;
      case 4:
        input.insert(at, input.substr(below(input.size()), 1 + below(64)));
        break;
      case 5:
        overwrite_number(input, at);
        break;
      default:
        splice(input, at);
        break;
    }
  }

  /// Numbers that lengths and offsets go wrong at.
  void overwrite_number(std::string& input, std::size_t at) {
    static constexpr std::array<std::uint64_t, 8> numbers = {0,          1,          0x7f,       0xff,
                                                             0x7fffffff, 0xffffffff, 1ull << 63, ~0ull};
    const std::uint64_t number = numbers[below(numbers.size())];
    for (std::size_t i = 0, width = std::size_t{1} << below(4); i < width && at + i < input.size(); ++i) {
      input[at + i] = static_cast<char>((number >> (8 * i)) & 0xff);
    }
  }

  void splice(std::string& input, std::size_t at) {
    const std::string& other = inputs_[below(inputs_.size())];
    if (!other.empty()) input.replace(at, std::string::npos, other.substr(below(other.size())));
  }

  const std::vector<std::string>& inputs_;
  std::mt19937_64 engine_{20'260'101};
};

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s CORPUS_DIR [MUTATIONS]\n", argv[0]);
    return 2;
  }
  std::size_t mutations = default_mutations;
  if (argc > 2) {
    const std::string_view text = argv[2];
    std::from_chars(text.data(), text.data() + text.size(), mutations);
  }
  const std::vector<std::string> inputs = read_corpus(argv[1]);
  for (const std::string& input : inputs) run(input);
  Mutator mutator(inputs);
  for (std::size_t i = 0; i < mutations; ++i) run(mutator.next());
  std::printf("%zu corpus files and %zu mutations\n", inputs.size() - 1, mutations);
  return 0;
}
