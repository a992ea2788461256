# Compiler, warnings and the packages that rooms may link (docs/decisions/toolchain.md).
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
  message(FATAL_ERROR "Quietus builds with Clang 19 or newer (see docs/decisions/toolchain.md). "
                      "Use a preset: cmake --preset dev")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Werror -Wthread-safety -Wshadow -Wnon-virtual-dtor
                    -Wold-style-cast -Wcast-align -Woverloaded-virtual -Wimplicit-fallthrough
                    -Wno-missing-field-initializers -fstack-protector-strong -ftrivial-auto-var-init=zero)
add_link_options(-fuse-ld=lld -Wl,-z,relro,-z,now,-z,noexecstack -pie)

option(QUIETUS_CRASH_POINTS "Compile the named crash points in (tests); off in release" ON)
if(QUIETUS_CRASH_POINTS)
  add_compile_definitions(QUIETUS_CRASH_POINTS)
endif()
set(QUIETUS_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined")
if(QUIETUS_SANITIZE)
  add_compile_options(-fsanitize=${QUIETUS_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${QUIETUS_SANITIZE})
  if(QUIETUS_SANITIZE MATCHES "undefined")
    # A quarter of the compile time, for what ASan sees at run time as well.
    add_compile_options(-fno-sanitize=null,object-size,vptr)
  endif()
endif()
option(QUIETUS_COVERAGE "Instrument for llvm-cov" OFF)
if(QUIETUS_COVERAGE)
  add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate)
endif()

find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_library(QUIETUS_LIBCRYPTO_A libcrypto.a REQUIRED)  # libssl-dev has both
find_package(SQLite3 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(GNUTLS REQUIRED IMPORTED_TARGET gnutls)  # people's cards: only cli/ links it
pkg_check_modules(LIBURING REQUIRED IMPORTED_TARGET liburing)  # only eraser/run links it
pkg_check_modules(FUSE3 REQUIRED IMPORTED_TARGET fuse3)  # tests only

# The one library of OpenSSL that core rooms link: inside the program where the whole program is static.
add_library(quietus_libcrypto INTERFACE)
target_link_libraries(quietus_libcrypto INTERFACE
                      $<IF:$<BOOL:$<TARGET_PROPERTY:QUIETUS_STATIC>>,${QUIETUS_LIBCRYPTO_A},OpenSSL::Crypto>)

# pkcs11.h of p11-kit: only kms/pkcs11 links this.
add_library(quietus_pkcs11_headers INTERFACE)
target_include_directories(quietus_pkcs11_headers SYSTEM INTERFACE /usr/include/p11-kit-1)

# Boost.Asio and Beast are header-only: only wire/ and the edges above it link this.
add_library(quietus_asio INTERFACE)
target_compile_definitions(quietus_asio INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION
                                                  BOOST_BEAST_SEPARATE_COMPILATION BOOST_ERROR_CODE_HEADER_ONLY)
target_link_libraries(quietus_asio INTERFACE OpenSSL::SSL Threads::Threads)
