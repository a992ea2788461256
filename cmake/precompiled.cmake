# precompiled(target from): the target's sources start from the standard headers, parsed once for all targets that are
# compiled alike. It saves a cold build about a second a file. Not with ccache, which then finds nothing of another folder;
# sources include what they use all the same, and a build with ccache shows it.
#
# And joined: several files of a folder are one translation unit, so that the headers of the house are read once for all of
# them too. It halves a cold build. Names in the unnamed namespaces of one folder therefore differ from file to file;
# apart(target) is for the few folders of tests where each file has its own world.
if(CCACHE)
  set(CMAKE_DISABLE_PRECOMPILE_HEADERS ON)
else()
  set(CMAKE_UNITY_BUILD ON)
  set(CMAKE_UNITY_BUILD_BATCH_SIZE 6)
endif()
function(apart)
  set_target_properties(${ARGN} PROPERTIES UNITY_BUILD OFF)
endfunction()

# Compiled alike means: the same optimisation, and -fPIC (rooms) or -fPIE (programs, suites).
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled.cpp CONTENT "\n")
function(precompile name)
  add_library(${name} OBJECT EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/precompiled.cpp)
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_definitions(${name} PRIVATE $<$<BOOL:${QUIETUS_CRASH_POINTS}>:QUIETUS_CRASH_POINTS>)
  target_compile_options(${name} PRIVATE ${ARGN})
  target_precompile_headers(${name} PRIVATE <algorithm> <array> <chrono> <cstdint> <expected> <functional> <map> <memory> <mutex>
                            <optional> <set> <span> <string> <string_view> <utility> <variant> <vector>)
endfunction()
precompile(precompiled_rooms -fPIC)
precompile(precompiled_programs -fPIE)

function(precompiled target from)
  target_precompile_headers(${target} REUSE_FROM ${from})
endfunction()
