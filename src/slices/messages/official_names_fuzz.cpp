#include "base/bytes.h"
#include "base/check.h"
#include "slices/messages/official_names.h"

#include <cstddef>
#include <cstdint>

/// Whatever is said to be ours stands in the list, and only ASCII that people see is.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport;
    static const messages::OfficialNames names{
        {"exchange.example"}, {"accounts@exchange.example"},   {"Exchange"},
        {"+351211234567"},    {"@exchange on social.example"}, {"Exchange App, com.example.exchange"}};
    const auto answer = messages::look_up(names, as_text({data, size}));
    if (!answer) return 0;
    CHECK(answer->ours.empty() || !answer->closest);
    CHECK(answer->ours.empty() || !answer->hidden);
    return 0;
}
