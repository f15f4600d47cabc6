# Language settings, warnings and hardening, as two INTERFACE targets that every target of ours links.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(IMGSLIM_CCACHE ccache)
if(IMGSLIM_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${IMGSLIM_CCACHE})
endif()

add_library(imgslim_warnings INTERFACE)
target_compile_options(imgslim_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
  -Wno-missing-field-initializers  # designated initialisers leave members at their defaults on purpose
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # false alarms of g++ 12 on string operators
  $<$<BOOL:${IMGSLIM_WERROR}>:-Werror>)

add_library(imgslim_settings INTERFACE)
target_compile_options(imgslim_settings INTERFACE
  -ffunction-sections -fdata-sections -fstack-protector-strong -fstack-clash-protection
  -ffile-prefix-map=${PROJECT_SOURCE_DIR}=.
  $<$<CONFIG:Release>:-U_FORTIFY_SOURCE$<SEMICOLON>-D_FORTIFY_SOURCE=3>)
target_compile_definitions(imgslim_settings INTERFACE
  _GLIBCXX_ASSERTIONS FMT_HEADER_ONLY IMGSLIM_VERSION="${PROJECT_VERSION}")
target_link_options(imgslim_settings INTERFACE -Wl,--gc-sections -Wl,-z,relro,-z,now)

# asan, tsan and fuzz presets set this to what -fsanitize takes.
set(IMGSLIM_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize takes them")
if(IMGSLIM_SANITIZE)
  add_compile_options(-fsanitize=${IMGSLIM_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${IMGSLIM_SANITIZE})
endif()
if(IMGSLIM_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
    message(FATAL_ERROR "IMGSLIM_FUZZ needs clang's libFuzzer: use cmake --preset fuzz")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)  # coverage feedback from our own code; the fuzz targets bring the driver
endif()
