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

/// Parameters that rows carry, all text: E1, E2: code. E11, E12, E15, E16, E17, E19, E23, E27, E31: at
/// (Unix ms), browser, address; E15 also left, E17 also until. E9, E10: none; E10 may have at. Any: words,
/// words_changed_at (Unix ms) with words_before; times and since (Unix ms) where it stands for several
/// events, of which it tells the newest. An unknown mail or a missing parameter is a CHECK, which delays the
/// row and writes the log.
RenderedMail render_mail(const MailBrand& brand, const store::OutboxMail& mail, Instant created_at);

/// Every mail that there is, as rows call it.
std::vector<std::string> mail_names();
/// Its subject, which names the brand and no parameter (M8); nullopt where there is no such mail.
std::optional<render::Msg> mail_subject_of(std::string_view mail);

}  // namespace sallyport::messages
