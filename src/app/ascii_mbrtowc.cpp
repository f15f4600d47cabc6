// libarchive turns the name of every entry into wide characters, one mbrtowc(3) each, only to look at the last one, and
// there is no way to ask it not to. glibc starts a converter for each character: an eighth of the time of an image of
// many small files. The executable is linked with --wrap=mbrtowc, so that the characters that are the same in every
// locale's charset (ISO C 5.2.1: one byte each in the initial shift state) are answered here.
#include <cwchar>

extern "C" {
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming): ld's names
std::size_t __real_mbrtowc(wchar_t* wide, const char* bytes, std::size_t size, std::mbstate_t* state);

// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming)
std::size_t __wrap_mbrtowc(wchar_t* wide, const char* bytes, std::size_t size, std::mbstate_t* state) {
  const bool asked = wide != nullptr && bytes != nullptr && size > 0 && state != nullptr && std::mbsinit(state) != 0;
  const auto byte = asked ? static_cast<unsigned char>(*bytes) : 0;
  if (byte == 0 || byte > 127) return __real_mbrtowc(wide, bytes, size, state);
  *wide = static_cast<wchar_t>(byte);
  return 1;
}
}
