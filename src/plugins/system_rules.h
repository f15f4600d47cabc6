#pragma once

#include <vector>

#include "plugins/rule.h"

/// The rules that are not about one language: what the C library, PAM, OpenSSL and plugin hosts open.
namespace imgslim::plugins {

[[nodiscard]] std::vector<Candidate> noted_libraries(const Context& context);       ///< .note.dlopen
[[nodiscard]] std::vector<Candidate> name_services(const Context& context);         ///< nsswitch.conf
[[nodiscard]] std::vector<Candidate> pam_modules(const Context& context);           ///< pam.d
[[nodiscard]] std::vector<Candidate> openssl_modules(const Context& context);       ///< openssl.cnf
[[nodiscard]] std::vector<Candidate> character_converters(const Context& context);  ///< gconv
[[nodiscard]] std::vector<Candidate> locale_files(const Context& context);
[[nodiscard]] std::vector<Candidate> unwinder(const Context& context);  ///< libgcc_s.so.1
[[nodiscard]] std::vector<Candidate> modules_by_configuration(const Context& context);
[[nodiscard]] std::vector<Candidate> modules_by_argument(const Context& context);
[[nodiscard]] std::vector<Candidate> toolkit_modules(const Context& context);  ///< GTK, Qt, GStreamer
[[nodiscard]] std::vector<Candidate> image_coders(const Context& context);     ///< ImageMagick
[[nodiscard]] std::vector<Candidate> modules_by_string(const Context& context);
[[nodiscard]] std::vector<Candidate> modules_by_format(const Context& context);
[[nodiscard]] std::vector<Candidate> modules_by_directory(const Context& context);
[[nodiscard]] std::vector<Candidate> libraries_by_string(const Context& context);
[[nodiscard]] std::vector<Candidate> programs_by_directory(const Context& context);

}  // namespace imgslim::plugins
