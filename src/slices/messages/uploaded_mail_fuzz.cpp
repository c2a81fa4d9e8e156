// A stranger's mail through everything that reads it before anything is looked up: the parts, the headers,
// the signatures. A key is known, so that verifying runs, too.
#include "base/text.h"
#include "slices/messages/dkim_verify.h"
#include "slices/messages/mail_head.h"
#include "slices/messages/uploaded_mail.h"

#include <cstdlib>

namespace {

using namespace sallyport;

const messages::DkimKeys& keys()
{
    static const messages::DkimKeys known = [] {
        messages::DkimKeys made;
        made.add("e1._domainkey.exchange.test",
                 "v=DKIM1; k=ed25519; p=pi3fdhTqUBvfy1Bsff0HQkUJBFj5XfZY52raJ7SIjzc=");
        return made;
    }();
    return known;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view input = as_text({data, size});
    const auto mails = messages::read_upload(input);
    if (!mails) return 0;
    if (mails->empty() || mails->size() > messages::upload_mails_max) std::abort();
    for (const messages::UploadedMail& mail : *mails) {
        if (mail.quoted.size() > messages::upload_numbers_max) std::abort();
        if (messages::check_signatures(mail.raw, keys()).size() > messages::signatures_max) std::abort();
        if (messages::with_crlf(mail.raw).size() > mail.raw.size()) std::abort();
    }
    return 0;
}
