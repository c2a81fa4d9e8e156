#pragma once
// Checking a whole mail that somebody uploads (P11): what the number, the signature and the kept hashes of
// its parts say together. Whoever asks is a stranger: what is not known to be sent to the address that they
// name is one answer, whatever of it is right.
#include "base/time.h"

#include <cstdint>
#include <span>

namespace sallyport::policy::mail_checks {

/// A part of a mail (a header, the text, the HTML) beside what was kept of it when it left.
enum class Part : std::uint8_t {
    unchecked,  // it cannot be compared: nothing was kept, or forwarding rewrites it
    same,
    differs,
    missing,  // it was sent, and is not there
    added     // it is there, and was not sent
};

/// All parts of a mail together.
enum class Compared : std::uint8_t {
    nothing,  // no part could be compared
    some,     // what could be compared is the same
    all,      // every part is the same
    differs
};
Compared compare(std::span<const Part> parts) noexcept;

/// The best signature by a key of ours, past ones among them.
enum class Signature : std::uint8_t {
    none,          // none that names us
    broken,        // one that names us, and is not of this mail
    body_differs,  // its headers are signed, another body was
    whole
};

struct Facts {
    bool number_right = false;  // message_checks::judge: a number in it is of a message to this recipient
    bool quoted = false;        // that number stands in a text, whose own mail is not ours: forwarded inline
    Compared compared = Compared::nothing;
    Signature signature = Signature::none;
    Instant signature_ends{};          // its expiry
    bool signed_to_recipient = false;  // the signed mail's To is this recipient
};

enum class Verdict : std::uint8_t {
    never_sent,  // not to this address
    altered,     // sent, and changed since
    partly,      // sent; nothing of it is known to be changed, and not everything could be compared
    genuine
};
/// What was kept decides; where there is nothing of it, a signature does, until it ends.
Verdict judge(const Facts& facts, Instant now) noexcept;

}  // namespace sallyport::policy::mail_checks
