#pragma once
// The catalogue of text messages (ux.md M5): one segment, no link, the code first, then its purpose. The last
// line names the host for the browser, which then offers the code on that host's page only (WebOTP, "origin-
// bound one-time codes").
#include "slices/messages/mails.h"

#include <string>

namespace sallyport::messages {

/// What one segment holds: 160 septets of the GSM alphabet (3GPP TS 23.038), or 70 units of UTF-16.
bool is_one_segment(const std::string& text);

/// A row that leaves as a call (parameter `call`).
bool is_call(const store::OutboxMail& text);

/// T1, T2, T3 are codes to sign in, to confirm a number, and to approve a change (parameter `code`), the last
/// with what it approves (`deed`); the
/// others say in a sentence what happened, some with a code that stops it (`stop`). What does not fit is left
/// out, the least needed first: the message's number, which stands at the end of what has no code, the brand,
/// then the host's line, which every code else keeps. An unknown text or a missing code is a CHECK, which
/// delays the row and writes the log. Where is_call() says so it is what a call speaks, twice: codes in
/// single characters, no line for a browser.
std::string render_text(const MailBrand& brand, const store::OutboxMail& text, Instant created_at);

/// What it is about, in a few words without its code; nullopt where there is no such text.
std::optional<render::Msg> text_subject_of(std::string_view text);

}  // namespace sallyport::messages
