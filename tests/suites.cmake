# Suites that join several rooms: one line each.
test_suite(architecture DIR architecture LABELS architecture)
if(TARGET unit_proof)
  target_link_libraries(unit_proof PRIVATE lab)
endif()
add_subdirectory(support/loanbook)
test_suite(loanbook_test DIR integration/loanbook_test LINKS loanbook_book LABELS integration)
