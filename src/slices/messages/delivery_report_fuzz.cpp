#include "base/bytes.h"
#include "base/check.h"
#include "slices/messages/delivery_report.h"

#include <cstddef>

/// Whatever comes: a report has a status that exists and a few short addresses.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport;
    const std::string_view text = as_text({data, size});
    const auto in_reply = messages::status_in_reply(text);
    CHECK(in_reply.kind == 0 || in_reply.kind == 4 || in_reply.kind == 5);
    const auto report = messages::read_report(text);
    if (!report) return 0;
    CHECK(report->tagged.size() <= 4);
    for (const std::string& address : report->tagged) CHECK(!address.empty() && address.size() <= 2000);
    CHECK(report->status.subject <= 999 && report->status.detail <= 999);
    return 0;
}
