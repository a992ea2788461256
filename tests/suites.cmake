# Suites that join several rooms: one line each.
test_suite(architecture DIR architecture LABELS architecture)
