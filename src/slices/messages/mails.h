#pragma once
// The catalogue of mails (ux.md section 7.2): from an outbox row to subject, text and HTML in the reader's
// language.
#include "render/message.h"
#include "slices/messages/deliver.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::messages {

/// What the operator's configuration says, and no request.
struct MailBrand {
    std::string brand;
    std::string host;  // "accounts.exchange.example", as in the footer and the instructions
    std::string
        reset_link{};  // "https://accounts.exchange.example/reset/link/": E5 has the link (P7c); empty: none
};

/// Parameters that rows carry, all text: codes `code` and `until`; notices `at` (Unix ms), `browser` and
/// `address` where Facts say so (notices.h), and what their texts ask for: `until`, `stop`, `name`, `case`,
/// `left`, `count`; step-ups and what concerns money `fact_label` and `fact_value` in pairs. Any: words,
/// words_changed_at (Unix ms) with words_before; times and since (Unix ms) where it stands for several
/// events, of which it tells the newest. parameters.h says which words may stand in each. An unknown mail, a
/// missing parameter or a code that is none of ours is a CHECK, which delays the row and writes the log.
RenderedMail render_mail(const MailBrand& brand, const store::OutboxMail& mail, Instant created_at);

/// Every mail that there is, as rows call it.
std::vector<std::string> mail_names();
/// Its subject, which names the brand and no parameter (M8); nullopt where there is no such mail.
std::optional<render::Msg> mail_subject_of(std::string_view mail);

}  // namespace sallyport::messages
