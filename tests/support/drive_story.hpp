// A drive that erased itself, as the documents of its destruction tell it: the transcript is of the drive
// model, the rest as an agent would write it down that found every marker gone. For tests, which bend it.
#pragma once

#include <string_view>

#include "tests/support/bundle_maker.hpp"
#include "tests/support/nvme_drive/drive_model.hpp"

namespace quietus::test {

/// Whatever the drive did, the evidence says that it succeeded: who lies there is found by the transcript.
MediumStory drive_story(const BundleMaker& maker, std::string_view technique = "nvme-sanitize-block",
                        DriveOptions options = {});

}  // namespace quietus::test
