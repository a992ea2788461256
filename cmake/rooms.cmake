# room(path/of/folder LINKS ...): one static library out of every .cpp of one folder (main.cpp excepted).
# Its target is the path with '/' and '-' turned into '_'. A room without a source does not exist yet.
function(room dir)
  cmake_parse_arguments(R "" "" "LINKS" ${ARGN})
  string(REGEX REPLACE "[/-]" "_" target ${dir})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${dir}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  if(NOT sources)
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE ${R_LINKS})
    return()
  endif()
  add_library(${target} STATIC ${sources})
  target_link_libraries(${target} PUBLIC ${R_LINKS})
  precompiled(${target} precompiled_rooms)
endfunction()

# program(name DIR folder LINKS ... [STATIC]): folder/main.cpp (and, for the CLI, its sibling files). STATIC: one file that needs
# no other on the machine where it runs; not under sanitizers, whose runtime cannot be linked that way.
function(program name)
  cmake_parse_arguments(P "STATIC" "DIR" "LINKS" ${ARGN})
  if(NOT EXISTS ${CMAKE_SOURCE_DIR}/${P_DIR}/main.cpp)
    return()
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${P_DIR}/*.cpp)
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE ${P_LINKS})
  precompiled(${name} precompiled_programs)
  if(P_STATIC AND NOT QUIETUS_SANITIZE)
    set_target_properties(${name} PROPERTIES QUIETUS_STATIC ON)
    target_link_options(${name} PRIVATE -static-pie -Wno-unused-command-line-argument)  # the -pie of all others
  endif()
endfunction()
