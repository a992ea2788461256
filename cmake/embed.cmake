# embed_text(target variable file): the file's bytes become `extern const std::string_view quietus::cli::<variable>` of the
# target, so that the program carries its data and needs no folder of its own.
function(embed_text target variable file)
  if(NOT TARGET ${target})
    return()
  endif()
  set(source ${CMAKE_SOURCE_DIR}/${file})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  file(READ ${source} digits HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${digits}")
  set(generated ${CMAKE_BINARY_DIR}/embedded/${target}_${variable}.cpp)
  file(CONFIGURE OUTPUT ${generated} @ONLY CONTENT
"// ${file}
#include <string_view>
namespace {
const unsigned char kBytes[] = {${bytes}};
}
namespace quietus::cli {
extern const std::string_view ${variable};
const std::string_view ${variable}(reinterpret_cast<const char*>(kBytes), sizeof kBytes);
}
")
  target_sources(${target} PRIVATE ${generated})
endfunction()
