// The dynamic symbol table (gABI chapter 4, "Symbol Table") has no size of its own. DT_HASH states the count.
// DT_GNU_HASH lists defined symbols only, sorted by bucket: the last one of the highest chain, whose hash word is odd,
// is the last of the table. Where it is empty, nothing tells the end; then what relocations name counts.
#include "elf/symbols.h"

#include <algorithm>
#include <array>

namespace imgslim::elf {
namespace {

constexpr std::uint64_t most_table_bytes = 16u << 20;

struct NamedImport {
  std::string_view name;
  Import bit;
};

constexpr auto imports_exec_beside = static_cast<Import>(imports_exec | imports_fork);

/// Sorted by name.
constexpr std::array named_imports{
    NamedImport{"SSL_connect", imports_tls_client},
    NamedImport{"apr_dir_open", imports_directories},
    NamedImport{"apr_dso_load", imports_dlopen},
    NamedImport{"backtrace", imports_unwinder},
    NamedImport{"clone", imports_fork},
    NamedImport{"curl_easy_init", imports_tls_client},
    NamedImport{"dlmopen", imports_dlopen},
    NamedImport{"dlopen", imports_dlopen},
    NamedImport{"execl", imports_exec},
    NamedImport{"execle", imports_exec},
    NamedImport{"execlp", imports_exec},
    NamedImport{"execv", imports_exec},
    NamedImport{"execve", imports_exec},
    NamedImport{"execveat", imports_exec},
    NamedImport{"execvp", imports_exec},
    NamedImport{"execvpe", imports_exec},
    NamedImport{"fdopendir", imports_directories},
    NamedImport{"fexecve", imports_exec},
    NamedImport{"fork", imports_fork},
    NamedImport{"fts64_open", imports_directories},
    NamedImport{"fts_open", imports_directories},
    NamedImport{"g_dir_open", imports_directories},
    NamedImport{"g_module_open", imports_dlopen},
    NamedImport{"g_module_open_full", imports_dlopen},
    NamedImport{"getaddrinfo", imports_hosts},
    NamedImport{"getgrent", imports_users},
    NamedImport{"getgrent_r", imports_users},
    NamedImport{"getgrgid", imports_users},
    NamedImport{"getgrgid_r", imports_users},
    NamedImport{"getgrnam", imports_users},
    NamedImport{"getgrnam_r", imports_users},
    NamedImport{"getgrouplist", imports_users},
    NamedImport{"gethostbyaddr", imports_hosts},
    NamedImport{"gethostbyaddr_r", imports_hosts},
    NamedImport{"gethostbyname", imports_hosts},
    NamedImport{"gethostbyname2", imports_hosts},
    NamedImport{"gethostbyname2_r", imports_hosts},
    NamedImport{"gethostbyname_r", imports_hosts},
    NamedImport{"getnetbyaddr", imports_services},
    NamedImport{"getnetbyname", imports_services},
    NamedImport{"getnetbyname_r", imports_services},
    NamedImport{"getprotobyname", imports_services},
    NamedImport{"getprotobyname_r", imports_services},
    NamedImport{"getprotobynumber", imports_services},
    NamedImport{"getprotobynumber_r", imports_services},
    NamedImport{"getprotoent", imports_services},
    NamedImport{"getpwent", imports_users},
    NamedImport{"getpwent_r", imports_users},
    NamedImport{"getpwnam", imports_users},
    NamedImport{"getpwnam_r", imports_users},
    NamedImport{"getpwuid", imports_users},
    NamedImport{"getpwuid_r", imports_users},
    NamedImport{"getservbyname", imports_services},
    NamedImport{"getservbyname_r", imports_services},
    NamedImport{"getservbyport", imports_services},
    NamedImport{"getservbyport_r", imports_services},
    NamedImport{"getservent", imports_services},
    NamedImport{"getspent", imports_users},
    NamedImport{"getspnam", imports_users},
    NamedImport{"getspnam_r", imports_users},
    NamedImport{"glob", imports_directories},
    NamedImport{"glob64", imports_directories},
    NamedImport{"gnutls_handshake", imports_tls_client},
    NamedImport{"iconv_open", imports_iconv},
    NamedImport{"initgroups", imports_users},
    NamedImport{"localtime", imports_time_zone},
    NamedImport{"localtime_r", imports_time_zone},
    NamedImport{"lt_dlforeachfile", imports_directories},
    NamedImport{"lt_dlopen", imports_dlopen},
    NamedImport{"lt_dlopenadvise", imports_dlopen},
    NamedImport{"lt_dlopenext", imports_dlopen},
    NamedImport{"newlocale", imports_locale},
    NamedImport{"nftw", imports_directories},
    NamedImport{"nftw64", imports_directories},
    NamedImport{"opendir", imports_directories},
    NamedImport{"pam_start", imports_pam},
    NamedImport{"popen", imports_exec_beside},
    NamedImport{"posix_spawn", imports_exec_beside},
    NamedImport{"posix_spawnp", imports_exec_beside},
    NamedImport{"pthread_cancel", imports_unwinder},
    NamedImport{"pthread_exit", imports_unwinder},
    NamedImport{"scandir", imports_directories},
    NamedImport{"scandir64", imports_directories},
    NamedImport{"setlocale", imports_locale},
    NamedImport{"system", imports_exec_beside},
    NamedImport{"tzset", imports_time_zone},
    NamedImport{"vfork", imports_fork},
};
static_assert(std::is_sorted(named_imports.begin(), named_imports.end(),
                             [](const NamedImport& a, const NamedImport& b) { return a.name < b.name; }));

std::uint32_t import_bit(std::string_view name) {
  const auto found =
      std::lower_bound(named_imports.begin(), named_imports.end(), name,
                       [](const NamedImport& each, std::string_view wanted) { return each.name < wanted; });
  return found != named_imports.end() && found->name == name ? std::uint32_t{found->bit} : 0;
}

/// Entries of DT_HASH are words, but double words for Alpha and 64-bit S/390.
std::optional<std::uint64_t> count_by_hash(const LoadedImage& image, const DynamicSection& section) {
  constexpr std::uint16_t s390 = 22, alpha = 0x9026;
  const auto& format = image.format();
  const auto machine = format.half(image.file().up_to(0, 20), 18);
  const bool is_wide = machine == alpha || (machine == s390 && format.is_64_bit());
  const std::uint64_t entry_bytes = is_wide ? 8 : 4;
  const auto place = section.value(Tag::hash);
  const auto header = place ? image.bytes(*place, 2 * entry_bytes) : std::nullopt;
  if (!header) return std::nullopt;
  return is_wide ? format.size(*header, entry_bytes) : format.word(*header, entry_bytes);
}

/// The header has the counts of buckets and bloom words and the number of the first symbol that is listed; bloom words,
/// buckets and one word for each listed symbol follow.
std::optional<std::uint64_t> count_by_gnu_hash(const LoadedImage& image, const DynamicSection& section) {
  const auto place = section.value(Tag::gnu_hash);
  if (!place) return std::nullopt;
  const auto& format = image.format();
  const auto table = image.bytes_up_to(*place, most_table_bytes);
  const std::uint64_t buckets = format.word(table, 0), first = format.word(table, 4), bloom = format.word(table, 8);
  const auto buckets_at = 16 + bloom * format.layout().word_bytes;
  const auto chains_at = buckets_at + buckets * 4;
  std::uint64_t last = 0;
  for (auto at = buckets_at; at < chains_at && table.holds(at, 4); at += 4)
    last = std::max<std::uint64_t>(last, format.word(table, at));
  if (last < first) return std::nullopt;
  while (table.holds(chains_at + (last - first) * 4, 4) &&
         (format.word(table, chains_at + (last - first) * 4) & 1) == 0)
    ++last;
  return last + 1;
}

}  // namespace

std::optional<std::uint64_t> count_symbols_by_hash(const LoadedImage& image, const DynamicSection& section) {
  const auto count = count_by_hash(image, section);
  return count ? count : count_by_gnu_hash(image, section);
}

SymbolTable SymbolTable::read(const LoadedImage& image, const DynamicSection& section, std::uint64_t count) {
  SymbolTable symbols(image.format());
  const auto place = section.value(Tag::symbols);
  if (!place) return symbols;
  const auto entry_bytes = image.format().layout().symbol_bytes;
  symbols.table_ = image.bytes_up_to(*place, std::min(count, most_table_bytes / entry_bytes) * entry_bytes);
  symbols.count_ = symbols.table_.size() / entry_bytes;
  symbols.place_ = {*place, symbols.count_ * entry_bytes};
  symbols.strings_ = section.strings();
  return symbols;
}

SymbolTable::Symbol SymbolTable::at(std::uint64_t index) const {
  const auto& layout = format_.layout();
  const auto symbol = table_.from(index * layout.symbol_bytes);
  const auto begin = strings_.from(format_.word(symbol, 0)).text().substr(0, longest_symbol_bytes);
  const auto name = begin.substr(0, std::min(begin.find('\0'), begin.size()));
  return {name, format_.size(symbol, layout.symbol_size), format_.half(symbol, layout.symbol_section) != 0};
}

SymbolFacts look_at_symbols(const SymbolTable& symbols) {
  SymbolFacts facts;
  bool has_libc_start = false, has_stdin = false;
  for (std::uint64_t index = 1; index < symbols.count(); ++index) {
    const auto symbol = symbols.at(index);
    if (!symbol.defined) {
      facts.imports |= import_bit(symbol.name);
      continue;
    }
    has_libc_start = has_libc_start || symbol.name == "__libc_start_main";
    has_stdin = has_stdin || symbol.name == "stdin";
    facts.is_python_extension = facts.is_python_extension || symbol.name.starts_with("PyInit_");
  }
  if (has_libc_start && has_stdin) facts.imports |= exports_libc;
  return facts;
}

}  // namespace imgslim::elf
