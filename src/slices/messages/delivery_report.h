#pragma once
// What comes back of a mail: a delivery status notification (RFC 3464 in a report of RFC 6522), a complaint
// (ARF, RFC 5965), or the words of a relay. The input is anybody's: no part is opened below the first level,
// nothing is decoded, and everything has a limit.
#include "policy/deliverability.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::messages {

/// More of a report is not read: what counts stands before the message that it returns.
inline constexpr std::size_t report_bytes_max = 256 * 1024;

struct DeliveryReport {
    enum class Kind : std::uint8_t { bounce, complaint };
    Kind kind = Kind::bounce;
    policy::deliverability::Status status;  // of a bounce
    /// Addresses in which the tag of our message may stand (crypto/envelope_tag.h), the likeliest first.
    std::vector<std::string> tagged;
};

/// nullopt for everything that is no failure and no complaint: a delay, a success, an answer of somebody on
/// holiday, a forgery that does not even look right.
std::optional<DeliveryReport> read_report(std::string_view message);

/// "5.1.1"; zeros where it is none.
policy::deliverability::Status parse_status(std::string_view text);
/// Of an SMTP reply ("550 5.1.1 no such user", RFC 5321 section 4.2 and RFC 2034), wherever it stands in
/// `words`; 5.0.0 where it has no enhanced code, 5.5.0 where it is about the session, zeros where there is no
/// 4yz or 5yz.
policy::deliverability::Status status_in_reply(std::string_view words);

}  // namespace sallyport::messages
