# Suites that join several rooms: one line each.
test_suite(architecture DIR architecture LINKS base LABELS architecture)

# Certificates, stamps and whole bundles made in memory; without the rest of lab/, so that core tests need no edge.
add_library(bundle_maker STATIC EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/lab/pki.cpp ${CMAKE_SOURCE_DIR}/lab/certificate_builder.cpp
            ${CMAKE_SOURCE_DIR}/lab/time_stamp_authority.cpp support/signing_world.cpp support/bundle_maker.cpp support/bundle_words.cpp
            support/drive_story.cpp)
target_link_libraries(bundle_maker PUBLIC proof nvme_drive)
target_link_libraries(unit_proof PRIVATE bundle_maker)
add_subdirectory(support/loanbook)
add_dependencies(plain_tests loanbook)
test_suite(loanbook_test DIR integration/loanbook_test LINKS loanbook_book LABELS integration)

# Certificates in a folder for tests over real TLS.
add_library(tls_laboratory STATIC EXCLUDE_FROM_ALL support/tls_laboratory/tls_laboratory.cpp)
target_link_libraries(tls_laboratory PUBLIC bundle_maker wire)
target_link_libraries(unit_wire PRIVATE tls_laboratory)
include(fuzz/targets.cmake)
fuzz_target(sealed_reader LINKS seal)
fuzz_target(keyring_rows_reader LINKS kms_keyrings)

# The HSM: a fake that keeps the contract, and one suite for the fake and a real token.
add_library(hsm_support STATIC support/fake_hsm.cpp)
target_link_libraries(hsm_support PUBLIC base)
foreach(keys keys epochs keyrings records)
  target_link_libraries(unit_kms_${keys} PRIVATE hsm_support)
endforeach()
target_link_libraries(unit_kms_records PRIVATE kms_store)
fuzz_target(record_rows LINKS kms_records)
test_suite(contract_hsm DIR contract/hsm LINKS kms_pkcs11 kms_keys hsm_support LABELS contract)
# Only full stacks name the module that leaks (tests/support/asan.supp); everywhere else they cost too much.
set_tests_properties(contract_hsm PROPERTIES ENVIRONMENT "ASAN_OPTIONS=fast_unwind_on_malloc=0")

# A PKCS#11 library that misbehaves on demand, before a real one.
add_library(pkcs11_shim MODULE support/pkcs11_shim/pkcs11_shim.cpp support/pkcs11_shim/fault_control.cpp)
target_link_libraries(pkcs11_shim PRIVATE quietus_contracts quietus_pkcs11_headers ${CMAKE_DL_LIBS})
target_compile_options(pkcs11_shim PRIVATE -fvisibility=hidden)
target_link_options(pkcs11_shim PRIVATE -no-pie)
set_target_properties(pkcs11_shim PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
add_dependencies(plain_tests pkcs11_shim)

# The experiments of quietus-kms hsm-check on a token in memory.
test_suite(unit_kms_check DIR unit/kms_check LINKS kms_check hsm_support LABELS unit)
# Copies of the database, and what a token in memory still opens of them.
test_suite(unit_kms_backup DIR unit/kms_backup LINKS kms_backup kms_store hsm_support LABELS unit)
test_suite(unit_pkcs11_shim DIR unit/pkcs11_shim LINKS base LABELS unit)
target_sources(unit_pkcs11_shim PRIVATE support/pkcs11_shim/fault_control.cpp)

# Every call of a real library failing under every operation.
test_suite(fault_hsm DIR fault/hsm LINKS kms_pkcs11 LABELS fault)
target_compile_definitions(fault_hsm PRIVATE QUIETUS_SHIM="$<TARGET_FILE:pkcs11_shim>")
add_dependencies(fault_hsm pkcs11_shim)

# kms without its edge, in one process.
add_library(appliance STATIC EXCLUDE_FROM_ALL support/appliance.cpp)
target_link_libraries(appliance PUBLIC bundle_maker hsm_support kms_service kms_store)
target_link_libraries(unit_kms_service PRIVATE appliance)

# A drive that misbehaves on demand: in process here, behind NVMe/TCP in tests/guest.
add_library(nvme_drive STATIC EXCLUDE_FROM_ALL support/nvme_drive/drive_model.cpp)
target_link_libraries(nvme_drive PUBLIC quietus_contracts)
target_link_libraries(unit_firmware_agent_nvme PRIVATE nvme_drive)
target_link_libraries(unit_firmware_agent_evidence PRIVATE nvme_drive)
add_executable(nvme_target support/nvme_target/main.cpp support/nvme_target/connection.cpp
               support/nvme_target/controller.cpp)
target_link_libraries(nvme_target PRIVATE nvme_drive)
add_executable(nvme_probe support/nvme_probe/main.cpp)
target_link_libraries(nvme_probe PRIVATE firmware_agent_nvme eraser_verify)
# A Linux in QEMU, without hardware support: scripts/test --long only.
add_test(NAME guest_nvme COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/guest/nvme_matrix.sh)
set_tests_properties(guest_nvme PROPERTIES LABELS guest TIMEOUT 600
                     ENVIRONMENT "QUIETUS_BIN=${CMAKE_BINARY_DIR}/bin;QUIETUS_GUEST=${CMAKE_BINARY_DIR}/guest")

# Media: one contract for fake, file and loop device.
test_suite(contract_block_device DIR contract/block_device LINKS eraser_verify bundle_maker LABELS contract)

# Random histories of commands.
target_link_libraries(unit_governance PRIVATE rapidcheck)
# Every cell, every walk, a hundred histories: pure code that the sanitizers have seen in the suite above.
test_suite(property_governance DIR property/governance LINKS governance rapidcheck LABELS property TIMEOUT 900)
foreach(media firmware_agent_inventory firmware_agent_guard firmware_agent_evidence firmware_agent_socket eraser_link)
  target_link_libraries(unit_${media} PRIVATE bundle_maker eraser_verify eraser_run)
endforeach()
target_link_libraries(unit_eraser_link PRIVATE firmware_agent_socket)  # a real agent to talk to

# An order for a drive's own erasure through kms, eraser and agent; the drive's admin queue is played.
test_suite(drive_order DIR integration/drive_order LINKS appliance eraser_link firmware_agent_socket nvme_drive
           LABELS integration)

# Edges of kms.
target_link_libraries(unit_kms_http PRIVATE tls_laboratory appliance)
target_link_libraries(unit_kms_timestamp PRIVATE bundle_maker)
fuzz_target(router LINKS kms_http)
fuzz_target(key_items LINKS kms_service)

# The store: one suite for the fake and SQLite, and what crashes, power cuts and full disks do to it.
test_suite(contract_store DIR contract/store LINKS kms_store LABELS contract)
add_library(store_support STATIC EXCLUDE_FROM_ALL support/power_loss_vfs.cpp)
target_link_libraries(store_support PUBLIC base SQLite::SQLite3)
test_suite(fault_store DIR fault/store LINKS kms_store store_support LABELS fault)

# Keys in numbers: an epoch killed at every point, with every call failing, without power; and everything there ever was of
# its rows tried afterwards.
test_suite(fault_keys DIR fault/keys LINKS kms_keyrings kms_pkcs11 kms_store hsm_support store_support LABELS fault)

# Copies of the token and of the database put back after a certified destruction: is the certificate stronger than the truth?
test_suite(revival DIR integration/revival LINKS bundle_maker kms_keyrings kms_pkcs11 kms_store hsm_support store_support
           LABELS integration)
target_sources(revival PRIVATE fault/keys/epoch_world.cpp fault/keys/process.cpp fault/keys/samples.cpp)

# What people see: the built program, and the parts of it that need no daemon.
test_suite(golden_cli DIR golden/cli LINKS bundle_maker governance_rules seal cli_terminal LABELS golden)
target_sources(golden_cli PRIVATE ${CMAKE_SOURCE_DIR}/cli/sealing.cpp ${CMAKE_SOURCE_DIR}/cli/opening.cpp)
foreach(screen case_screen holding_screen decision_screen today_screen sample_screen audit_sample releases members progress_line)
  target_sources(golden_cli PRIVATE ${CMAKE_SOURCE_DIR}/cli/${screen}.cpp)
endforeach()
add_dependencies(golden_cli quietus quietus-verify)

# Proofs that come from outside.
fuzz_target(cms_reader LINKS proof)
fuzz_target(time_stamp_reader LINKS proof)
fuzz_target(tlog_proof_reader LINKS proof)
fuzz_target(document_reader LINKS proof)
fuzz_target(extract_reader LINKS proof)
fuzz_target(replay_events LINKS governance)

# The auditor's witness.
file(GLOB witness_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/witness/*.cpp)
list(FILTER witness_sources EXCLUDE REGEX "/main\\.cpp$")
test_suite(unit_witness DIR unit/witness LINKS bundle_maker LABELS unit)
target_sources(unit_witness PRIVATE ${witness_sources})
fuzz_target(add_checkpoint LINKS proof)

# The real daemons with a real token over real sockets.
foreach(script witness ledger withdrawn bad_days backup keyrings governance statutes signing person_card rsa_certificate hsm_recovery
               hsm_check)
  add_test(NAME integration_${script} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/integration/${script}.sh)
  set_tests_properties(integration_${script} PROPERTIES LABELS integration TIMEOUT 900
                       ENVIRONMENT "QUIETUS_BIN=${CMAKE_BINARY_DIR}/bin;QUIETUS_SHIM=$<TARGET_FILE:pkcs11_shim>")
endforeach()
# Killed at every point: one sweep for each daemon, because each waits for the others most of the time.
foreach(daemon kms eraser agent)
  add_test(NAME integration_crash_sweep_${daemon} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/integration/crash_sweep.sh ${daemon})
  set_tests_properties(integration_crash_sweep_${daemon} PROPERTIES LABELS integration TIMEOUT 900
                       ENVIRONMENT "QUIETUS_BIN=${CMAKE_BINARY_DIR}/bin")
endforeach()
# What people see on their way through the real programs.
add_test(NAME golden_journeys COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/golden/journeys/journeys.sh)
set_tests_properties(golden_journeys PROPERTIES LABELS integration TIMEOUT 300 ENVIRONMENT "QUIETUS_BIN=${CMAKE_BINARY_DIR}/bin")
test_suite(fault_service DIR fault/service LINKS appliance LABELS fault TIMEOUT 600)

# Rules as data: random worlds, signers made in memory.
target_link_libraries(unit_governance_rules PRIVATE rapidcheck bundle_maker)
fuzz_target(rule_expression LINKS governance_rules)
fuzz_target(rule_pack LINKS governance_rules)

# What drives and files of the agent say.
fuzz_target(nvme_answers LINKS firmware_agent_nvme)
fuzz_target(nvme_completion LINKS firmware_agent_nvme)
fuzz_target(nvme_transcript LINKS firmware_agent_nvme)

# The eraser over disks that fail, hang, lose power and lie, behind a real kernel: FUSE under a loop device.
add_executable(fault_disk support/fault_disk/main.cpp)
target_link_libraries(fault_disk PRIVATE quietus_contracts PkgConfig::FUSE3 Threads::Threads)
test_suite(fault_eraser DIR fault/eraser LINKS eraser_run bundle_maker LABELS fault)
target_compile_definitions(fault_eraser PRIVATE QUIETUS_FAULT_DISK="$<TARGET_FILE:fault_disk>")
add_dependencies(fault_eraser fault_disk)
add_executable(erase_probe support/erase_probe/main.cpp)
target_link_libraries(erase_probe PRIVATE eraser_run)
add_dependencies(plain_tests erase_probe)
# Programs for recovering files, which are installed for scripts/test --long only.
add_test(NAME forensics COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/integration/forensics.sh)
set_tests_properties(forensics PROPERTIES LABELS long TIMEOUT 600 ENVIRONMENT "QUIETUS_BIN=${CMAKE_BINARY_DIR}/bin")

# Each file has its own world (cmake/precompiled.cmake).
apart(contract_hsm fault_hsm fault_keys fault_store fault_service fault_eraser golden_cli unit_wire unit_kms_http unit_kms_records unit_firmware_agent_guard unit_eraser_plan unit_eraser_run quietus quietus-kms)
