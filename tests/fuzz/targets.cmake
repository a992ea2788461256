# Bytes from outside (docs/architecture.md §4, tests/fuzz). Each target replays its checked-in corpus as a test; with
# -DQUIETUS_FUZZ=ON it is also a libFuzzer program that searches for more:
#   cmake --preset asan -B build/fuzz -DQUIETUS_FUZZ=ON -DQUIETUS_SANITIZE=address,undefined,fuzzer-no-link
#   build/fuzz/bin/json_reader_fuzz -max_total_time=60 /tmp/found tests/fuzz/corpus/json_reader
option(QUIETUS_FUZZ "Build the libFuzzer programs" OFF)

# fuzz_target(name [SOURCE file] LINKS ...): fuzz/<name>.cpp defines LLVMFuzzerTestOneInput, its corpus is
# fuzz/corpus/<name>. Paths are relative to tests/.
function(fuzz_target name)
  cmake_parse_arguments(F "" "SOURCE" "LINKS" ${ARGN})
  set(tests_dir ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/..)
  if(NOT F_SOURCE)
    set(F_SOURCE fuzz/${name}.cpp)
  endif()
  add_executable(${name}_replay ${tests_dir}/${F_SOURCE} ${tests_dir}/support/fuzz_replay_main.cpp)
  target_link_libraries(${name}_replay PRIVATE quietus_contracts ${F_LINKS})
  add_dependencies(sanitized_tests ${name}_replay)
  add_test(NAME ${name}_replay COMMAND ${name}_replay ${tests_dir}/fuzz/corpus/${name})
  set_tests_properties(${name}_replay PROPERTIES LABELS fuzz TIMEOUT 60)
  if(QUIETUS_FUZZ)
    add_executable(${name}_fuzz ${tests_dir}/${F_SOURCE})
    target_compile_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
    target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
    target_link_libraries(${name}_fuzz PRIVATE quietus_contracts ${F_LINKS})
  endif()
endfunction()

fuzz_target(json_reader LINKS base)
fuzz_target(frame_decoder LINKS base)
