// A stranger's report through what looks for names in it: as text, as HTML, as what was typed, as a mail.
#include "base/bytes.h"
#include "base/check.h"
#include "base/text.h"
#include "slices/messages/fake_names.h"
#include "slices/messages/host_name.h"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sallyport;
    const std::string_view input = as_text({data, size});
    messages::FakeNames names;
    names.read_where(input);
    names.read_text(input);
    names.read_html(input);
    if (const auto mails = messages::read_upload(input))
        for (const messages::UploadedMail& mail : *mails) names.read_mail(mail);
    const auto all = names.take();
    CHECK(all.size() <= messages::fake_hosts_max + messages::fake_senders_max);
    for (const store::FakeName& one : all) {
        CHECK(!one.name.empty() && is_valid_text(one.name) && is_valid_text(one.cluster));
        if (one.kind == store::FakeNameKind::host)
            CHECK(messages::host_name(one.name) == one.name && one.name.ends_with(one.cluster));
    }
    return 0;
}
