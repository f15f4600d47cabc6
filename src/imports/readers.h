#pragma once

#include <string_view>

#include "imports/import_list.h"

/// One reader a language; read_imports() chooses. Each is linear in the text, whatever the text holds.
namespace imgslim::imports {

void read_python(std::string_view text, ImportList& list);
void read_perl(std::string_view text, ImportList& list);
void read_ruby(std::string_view text, ImportList& list);
void read_javascript(std::string_view text, ImportList& list);
void read_lua(std::string_view text, ImportList& list);
void read_tcl(std::string_view text, ImportList& list);

}  // namespace imgslim::imports
