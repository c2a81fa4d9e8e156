#include "slices/messages/take_report.h"

#include "crypto/envelope_tag.h"
#include "slices/messages/heard.h"
#include "store/credentials.h"
#include "store/message_reports.h"

#include <optional>

namespace sallyport::messages {

namespace {

namespace rules = policy::deliverability;

constexpr rules::Limits limits;

/// The first tag that is ours.
std::optional<std::int64_t> serial_of(const store::Keys& keys, const DeliveryReport& report)
{
    const crypto::EnvelopeTags tags(keys.index);
    for (const std::string& address : report.tagged)
        if (const auto serial = tags.serial_in(address)) return serial;
    return std::nullopt;
}

/// The account's address that the message went to, where it is the account's still.
std::optional<Email> held_address(db::Tx& tx, const store::Keys& keys, const store::ReportedMessage& message)
{
    if (!message.account) return std::nullopt;
    const auto credentials = store::CredentialSet::load(tx, keys, *message.account);
    for (const store::Channel& channel : credentials.channels())
        if (store::went_to(keys, message, channel.address)) return channel.address;
    return std::nullopt;
}

rules::ReportAnswer take(db::Tx& tx, const store::Keys& keys, std::optional<std::int64_t> serial,
                         const DeliveryReport& report, Instant now)
{
    const auto message = serial ? store::find_reported(tx, *serial) : std::nullopt;
    const auto address = message ? held_address(tx, keys, *message) : std::nullopt;
    rules::ReportFacts facts{.tag_right = serial.has_value(),
                             .message_found = message.has_value(),
                             .address_held = address.has_value()};
    if (message) {
        facts.handed_over = message->handed_over;
        facts.reported = message->reported;
        facts.made_at = message->created_at;
    }
    const auto answer = rules::judge_report(facts, now, limits);
    if (answer != rules::ReportAnswer::counts && answer != rules::ReportAnswer::message_only) return answer;
    const bool complaint = report.kind == DeliveryReport::Kind::complaint;
    if (!store::note_report(tx, message->id,
                            complaint ? store::MessageReport::complained : store::MessageReport::bounced))
        return rules::ReportAnswer::reported_before;
    if (answer == rules::ReportAnswer::counts)
        hear(tx, keys, *message->account, *address,
             complaint ? rules::Heard::unwanted : rules::meaning_of(report.status), now);
    return answer;
}

}  // namespace

Task<policy::deliverability::ReportAnswer> take_report(db::Database& database, const store::Keys& keys,
                                                       Instant now, DeliveryReport report)
{
    const auto serial = serial_of(keys, report);
    // Most of what comes to such a mailbox is nobody's: it costs no transaction.
    if (!serial) co_return rules::ReportAnswer::forged;
    auto work = [&keys, &report, serial, now](db::Tx& tx) { return take(tx, keys, serial, report, now); };
    co_return co_await database.transact(work);
}

std::string_view name_of(policy::deliverability::ReportAnswer answer) noexcept
{
    using rules::ReportAnswer;
    switch (answer) {
    case ReportAnswer::counts: return "counted";
    case ReportAnswer::message_only: return "message_only";
    case ReportAnswer::forged: return "forged";
    case ReportAnswer::unknown: return "unknown";
    case ReportAnswer::too_old: return "too_old";
    case ReportAnswer::reported_before: break;
    }
    return "reported_before";
}

}  // namespace sallyport::messages
