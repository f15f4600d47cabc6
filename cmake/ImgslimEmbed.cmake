# A function that holds a file is as long as the file: for what is made here, clang-tidy has no limit.
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/embedded/.clang-tidy
  CONTENT "InheritParentConfig: true\nChecks: -readability-function-size\n")

# imgslim_embed(MODULE FILE HEADER FUNCTION): the text of FILE as the std::string_view that FUNCTION of HEADER, a function of
# namespace imgslim::MODULE, returns. Cut into pieces: compilers need not take long literals.
function(imgslim_embed module file header function)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${file})
  file(READ ${PROJECT_SOURCE_DIR}/${file} text)
  string(LENGTH "${text}" length)
  set(literals)
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${text}" ${at} 8000 piece)
    string(APPEND literals "    R\"embedded(${piece})embedded\"\n")
    math(EXPR at "${at} + 8000")
  endwhile()
  set(source ${PROJECT_BINARY_DIR}/embedded/${module}_${function}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT [[// Made by cmake of @file@.
#include "@header@"

namespace imgslim::@module@ {

std::string_view @function@() {
  return
@literals@  ;
}

}  // namespace imgslim::@module@
]] @ONLY)
  target_sources(imgslim_${module} PRIVATE ${source})
endfunction()
