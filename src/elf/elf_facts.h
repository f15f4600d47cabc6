#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/byte_view.h"
#include "elf/section_summary.h"

/// What later stages need to know of an ELF file, as plain values: the file itself is never looked at again.
/// Facts: System V gABI 4.2, glibc elf.h, the ELF dlopen metadata specification 1.0.
namespace imgslim::elf {

/// Undefined symbols that tell what a file may do at run time, as a bit set. Set when any of the named functions is
/// imported.
enum Import : std::uint32_t {
  imports_dlopen = 1u << 0,  ///< dlopen, dlmopen, and what libraries offer in their place: g_module_open, QLibrary …
  imports_exec = 1u << 1,    ///< exec*, posix_spawn*, system, popen
  imports_users = 1u << 2,   ///< getpw*, getgr*, initgroups, getgrouplist, getspnam …
  imports_hosts = 1u << 3,   ///< getaddrinfo, gethostby*
  imports_services = 1u << 4,  ///< getservby*, getprotoby*, getnetby*
  imports_unwinder = 1u << 5,  ///< pthread_cancel, pthread_exit, backtrace: glibc opens libgcc_s.so.1
  imports_locale = 1u << 6,    ///< setlocale, newlocale
  imports_iconv = 1u << 7,     ///< iconv_open
  imports_pam = 1u << 8,       ///< pam_start
  exports_libc = 1u << 9,      ///< defines both __libc_start_main and stdin: a C library (musl replaces a second one)
  imports_tls_client = 1u << 10,   ///< SSL_connect, gnutls_handshake, curl_easy_init
  imports_time_zone = 1u << 11,    ///< tzset, localtime, localtime_r
  imports_directories = 1u << 13,  ///< opendir, glob, g_dir_open, std::filesystem::directory_iterator …
  /// Defines a function that loads modules without being told which, for the modules to call: plugin_auto_load.
  offers_load_all = 1u << 14,
  imports_fork = 1u << 12,  ///< fork, vfork, clone, posix_spawn*, system, popen: goes on beside what it executes
};

/// A program header of type PT_LOAD; numbers as the file states them.
struct LoadSegment {
  std::uint32_t flags = 0;  ///< PF_X 1, PF_W 2, PF_R 4
  std::uint64_t offset = 0, address = 0, file_bytes = 0, memory_bytes = 0, alignment = 0;
  friend bool operator==(const LoadSegment&, const LoadSegment&) = default;
};

/// A range of link-time addresses.
struct AddressRange {
  std::uint64_t begin = 0, size_bytes = 0;
  friend bool operator==(const AddressRange&, const AddressRange&) = default;
};

/// Versions wanted of one library (DT_VERNEED): {"libc.so.6", {"GLIBC_2.34"}}. Weak ones (VER_FLG_WEAK) are left out.
struct VersionNeed {
  std::string library;
  std::vector<std::string> versions;
  friend bool operator==(const VersionNeed&, const VersionNeed&) = default;
};

enum class DlopenPriority : std::uint8_t { required, recommended, suggested };

/// One object of a .note.dlopen: the first of `sonames` that resolves is opened.
struct DlopenNote {
  std::vector<std::string> sonames;
  std::string feature;
  DlopenPriority priority = DlopenPriority::recommended;
  friend bool operator==(const DlopenNote&, const DlopenNote&) = default;
};

/// Why glibc's loader ends its search at this file instead of trying the next directory (elf/dl-load.c, open_verify),
/// once class and machine, which it passes over when they are not its own, are found to be right; none for a file it
/// takes.
enum class Defect : std::uint8_t { none, not_elf, wrong_byte_order, bad_version, bad_abi, bad_type, bad_header_size };

/// Consecutive pages of 4 KiB at link-time addresses: page n begins at n * 4096.
struct PageRange {
  std::uint64_t first = 0, count = 0;
  friend bool operator==(const PageRange&, const PageRange&) = default;
};

/// What the dynamic linker reads, writes and runs of the file before the program starts; ranges ascend and do not
/// touch.
struct LoaderWork {
  std::vector<PageRange> relocated_pages;  ///< written by relocations, those below left out
  std::vector<PageRange>
      jump_slot_pages;                ///< written by JUMP_SLOT relocations: at start when bound now or not at address 0
  std::vector<PageRange> code_pages;  ///< hold DT_INIT, functions of the initializer arrays and IRELATIVE resolvers
  AddressRange dynamic_section;       ///< written when the file is not at its link-time address or has DT_DEBUG
  bool has_debug_entry = false;       ///< DT_DEBUG
  std::vector<AddressRange> tables;   ///< read from end to end: relocations and initializer arrays, in order of address
  std::optional<std::uint64_t> hash_table, version_needs, version_definitions;  ///< where they begin
  friend bool operator==(const LoaderWork&, const LoaderWork&) = default;
};

struct ElfFacts {
  unsigned class_bits = 0;  ///< 32 or 64
  ByteOrder order = ByteOrder::little;
  FileType type = FileType::other;
  std::uint16_t machine = 0;  ///< e_machine: 3 i386, 40 ARM, 62 x86-64, 183 AArch64 …
  std::uint8_t os_abi = 0, abi_version = 0;
  std::uint32_t processor_flags = 0;  ///< e_flags
  Defect defect = Defect::none;
  std::uint64_t entry_address = 0;

  std::vector<LoadSegment> segments;                 ///< in file order
  std::optional<AddressRange> relro;                 ///< PT_GNU_RELRO
  std::optional<AddressRange> thread_local_storage;  ///< PT_TLS
  bool dynamic = false;                              ///< has a readable PT_DYNAMIC
  bool bind_now = false;
  bool position_independent_executable = false;               ///< DF_1_PIE
  bool no_default_libraries = false;                          ///< DF_1_NODEFLIB
  std::string interpreter;                                    ///< PT_INTERP, "" without
  std::string soname, build_id;                               ///< build_id in hexadecimal digits
  std::vector<std::string> needed, auxiliary, filter, audit;  ///< in file order; audit: DT_AUDIT and DT_DEPAUDIT
  std::optional<std::string> rpath,
      runpath;  ///< as stored, tokens unexpanded; present but empty is kept apart from absent

  std::vector<VersionNeed> version_needs;
  std::vector<std::string> version_definitions;  ///< DT_VERDEF names, the file's own base name left out
  std::vector<DlopenNote> dlopen_notes;
  std::uint32_t imports = 0;                                   ///< bits of Import
  std::vector<std::uint32_t> wanted_symbols, offered_symbols;  ///< numbers of names: elf/symbols.h, SymbolHashes
  bool packed_by_upx = false;

  LoaderWork loader_work;

  /// Strings of the file's read-only data, each once, in file order; bounded, `strings_cut` says when something is
  /// missing.
  std::vector<std::string> path_strings;     ///< absolute paths of two or more components, "/usr/lib/php/20220829"
  std::vector<std::string> library_strings;  ///< lib*.so.*, *.so, without a slash
  /// Of a Python extension module (exports PyInit_*): "_name" and dotted "package._name" words. Of an extension of Ruby
  /// that loads libraries (wants rb_require): words of lower case.
  std::vector<std::string> module_strings;
  /// Of a dynamic linker: its compiled-in system directories in search order, without trailing "/"; empty when not
  /// found.
  std::vector<std::string> system_directories;
  bool strings_cut = false;
  /// Something that the file states was beyond the bytes at hand (a very large or damaged file).
  bool incomplete = false;
  friend bool operator==(const ElfFacts&, const ElfFacts&) = default;
};

/// What the facts of one file take in memory besides the struct itself.
[[nodiscard]] std::uint64_t kept_bytes(const ElfFacts& facts);

}  // namespace imgslim::elf
