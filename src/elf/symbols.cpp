// The dynamic symbol table (gABI chapter 4, "Symbol Table") has no size of its own. DT_HASH states the count.
// DT_GNU_HASH lists defined symbols only, sorted by bucket: the last one of the highest chain, whose hash word is odd,
// is the last of the table. Where it is empty, nothing tells the end; then what relocations name counts.
// What a file wants of others and what it offers is kept as numbers, four bytes a name, which is enough to say that
// nothing of a library is used: two names with one number make a library count as used.
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
    NamedImport{"PR_LoadLibrary", imports_dlopen},
    NamedImport{"PR_OpenDir", imports_directories},
    NamedImport{"SDL_LoadObject", imports_dlopen},
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
    NamedImport{"g_file_enumerate_children", imports_directories},
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
    NamedImport{"uv_fs_scandir", imports_directories},
    NamedImport{"vfork", imports_fork},
};
static_assert(std::is_sorted(named_imports.begin(), named_imports.end(),
                             [](const NamedImport& a, const NamedImport& b) { return a.name < b.name; }));

/// C++ names of the same things, from their begin on: iterators over directories of the standard library and of Boost,
/// Qt's loaders and listings. Parameters and the libraries' inner namespaces follow or stand within.
std::uint32_t mangled_import_bit(std::string_view name) {
  if (name.find("directory_iterator") != std::string_view::npos || name.starts_with("_ZNK4QDir") ||
      name.starts_with("_ZN12QDirIterator"))
    return imports_directories;
  if (name.starts_with("_ZN14QPluginLoader") || name.starts_with("_ZN8QLibrary")) return imports_dlopen;
  return 0;
}

std::uint32_t import_bit(std::string_view name) {
  if (name.starts_with("_ZN")) return mangled_import_bit(name);
  const auto found =
      std::lower_bound(named_imports.begin(), named_imports.end(), name,
                       [](const NamedImport& each, std::string_view wanted) { return each.name < wanted; });
  return found != named_imports.end() && found->name == name ? std::uint32_t{found->bit} : 0;
}

/// "plugin_auto_load", but not "autoload_plugin_by_name".
bool is_load_all(std::string_view name) {
  constexpr std::string_view endings[] = {"auto_load", "autoload", "AutoLoad", "Autoload"};
  constexpr std::string_view kinds[] = {"plugin", "Plugin", "modul", "Modul"};
  const auto ends = [&](std::string_view ending) { return name.ends_with(ending); };
  const auto has = [&](std::string_view kind) { return name.find(kind) != std::string_view::npos; };
  return std::any_of(std::begin(endings), std::end(endings), ends) &&
         std::any_of(std::begin(kinds), std::end(kinds), has);
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
class GnuHashTable {
 public:
  GnuHashTable(const LoadedImage& image, const DynamicSection& section) : format_(image.format()) {
    const auto place = section.value(Tag::gnu_hash);
    if (!place) return;
    table_ = image.bytes_up_to(*place, most_table_bytes);
    const std::uint64_t buckets = format_.word(table_, 0), bloom = format_.word(table_, 8);
    first_ = format_.word(table_, 4);
    buckets_at_ = 16 + bloom * format_.layout().word_bytes;
    chains_at_ = buckets_at_ + buckets * 4;
  }

  /// The first symbol that is listed; beyond all without a table.
  [[nodiscard]] std::uint64_t first() const { return first_; }
  /// The symbol's hash, but for the lowest bit, which ends a chain; 0 beyond the table.
  [[nodiscard]] std::uint32_t hash(std::uint64_t symbol) const {
    return format_.word(table_, chains_at_ + (symbol - first_) * 4);
  }
  [[nodiscard]] std::optional<std::uint64_t> count() const {
    std::uint64_t last = 0;
    for (auto at = buckets_at_; at < chains_at_ && table_.holds(at, 4); at += 4)
      last = std::max<std::uint64_t>(last, format_.word(table_, at));
    if (last < first_) return std::nullopt;
    while (table_.holds(chains_at_ + (last - first_) * 4, 4) && (hash(last) & 1) == 0) ++last;
    return last + 1;
  }

 private:
  Format format_;
  ByteView table_;
  std::uint64_t first_ = UINT64_MAX, buckets_at_ = 0, chains_at_ = 0;
};

}  // namespace

std::optional<std::uint64_t> count_symbols_by_hash(const LoadedImage& image, const DynamicSection& section) {
  const auto count = count_by_hash(image, section);
  return count ? count : GnuHashTable(image, section).count();
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

std::string_view SymbolTable::whole_name(std::uint64_t index) const {
  const auto symbol = table_.from(index * format_.layout().symbol_bytes);
  const auto begin = strings_.from(format_.word(symbol, 0)).text().substr(0, most_hashed_bytes);
  return begin.substr(0, begin.find('\0'));
}

/// elf/dl-new-hash.h of glibc.
std::uint32_t symbol_hash(std::string_view name) {
  std::uint32_t hash = 5381;
  for (const auto c : name) hash = hash * 33 + static_cast<unsigned char>(c);
  return hash >> 1;
}

SymbolHashes read_symbol_hashes(const LoadedImage& image, const DynamicSection& section, const SymbolTable& symbols) {
  SymbolHashes hashes;
  const GnuHashTable listed(image, section);
  // What the table lists needs no look at its name, and that is nearly all that a library defines.
  const auto unlisted = std::min(symbols.count(), listed.first());
  for (std::uint64_t index = 1; index < unlisted; ++index) {
    auto& list = symbols.at(index).defined ? hashes.offered : hashes.wanted;
    list.push_back(symbol_hash(symbols.whole_name(index)));
  }
  if (symbols.count() > unlisted) hashes.offered.reserve(static_cast<std::size_t>(symbols.count() - unlisted));
  for (auto index = unlisted; index < symbols.count(); ++index) hashes.offered.push_back(listed.hash(index) >> 1);
  return hashes;
}

SymbolFacts look_at_symbols(const SymbolTable& symbols) {
  SymbolFacts facts;
  bool has_libc_start = false, has_stdin = false;
  for (std::uint64_t index = 1; index < symbols.count(); ++index) {
    const auto symbol = symbols.at(index);
    if (!symbol.defined) {
      facts.imports |= import_bit(symbol.name);
      facts.requires_libraries = facts.requires_libraries || symbol.name == "rb_require";
      continue;
    }
    has_libc_start = has_libc_start || symbol.name == "__libc_start_main";
    has_stdin = has_stdin || symbol.name == "stdin";
    if (is_load_all(symbol.name)) facts.imports |= offers_load_all;
    facts.is_python_extension = facts.is_python_extension || symbol.name.starts_with("PyInit_");
  }
  if (has_libc_start && has_stdin) facts.imports |= exports_libc;
  return facts;
}

}  // namespace imgslim::elf
