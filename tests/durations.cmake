# What lasts long starts first, so that no processor waits for it at the end. Seconds on two processors, roughly.
function(starts_early seconds)
  foreach(name ${ARGN})
    if(NOT TEST ${name})
      message(FATAL_ERROR "there is no test ${name} that could start early")
    endif()
    set_tests_properties(${name} PROPERTIES COST ${seconds})
  endforeach()
endfunction()

starts_early(300 unit_proof integration_crash_sweep_kms)
starts_early(200 fault_service)
starts_early(100 contract_hsm property_governance integration_keyrings integration_crash_sweep_eraser integration_crash_sweep_agent)
starts_early(30 unit_kms_service integration_witness integration_bad_days integration_hsm_recovery integration_statutes)

# A loop device that one test gives back is the next that another is given: those who look at what is left of one run alone.
set_tests_properties(contract_block_device fault_eraser unit_firmware_agent_guard unit_firmware_agent_inventory
                     unit_firmware_agent_evidence unit_firmware_agent_socket unit_eraser_link drive_order forensics
                     PROPERTIES RESOURCE_LOCK loop_devices)
