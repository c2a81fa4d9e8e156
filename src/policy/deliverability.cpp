#include "policy/deliverability.h"

#include <algorithm>

namespace sallyport::policy::deliverability {

namespace {

constexpr std::int64_t permanent = 5;
constexpr std::int64_t persistent_transient = 4;

/// X.1.Y: 1, 2, 3, 6 and 10 (RFC 7505) speak of the recipient's address; 5 says that it is right; 7, 8 and 9
/// (RFC 3886) speak of the sender's.
Heard of_address(const Status& status) noexcept
{
    switch (status.detail) {
    case 1:
    case 2:
    case 3:
    case 6:
    case 10: return status.kind == permanent ? Heard::gone : Heard::temporary;
    case 5:
    case 7:
    case 8:
    case 9: return Heard::nothing;
    default: return Heard::temporary;
    }
}

/// X.2.Y: 1 is a mailbox that is switched off, 3 a message that is too long for it.
Heard of_mailbox(const Status& status) noexcept
{
    if (status.detail == 3) return Heard::nothing;
    return status.detail == 1 && status.kind == permanent ? Heard::gone : Heard::temporary;
}

/// X.7.Y: from 20 to 29 it is about our signatures and our name (RFC 7372, RFC 8617).
bool is_about_our_signature(const Status& status) noexcept
{
    return status.detail >= 20 && status.detail <= 29;
}

}  // namespace

NamedLimits named_limits(Limits& limits)
{
    constexpr Ranges ranges;
    return {{"failures", limits.failures, ranges.failures},
            {"failures_over", limits.failures_over, ranges.failures_over},
            {"quiet", limits.quiet, ranges.quiet},
            {"report_life", limits.report_life, ranges.report_life},
            {"junk_shown", limits.junk_shown, ranges.junk_shown}};
}

Heard meaning_of(const Status& status) noexcept
{
    if (status.kind != permanent && status.kind != persistent_transient) return Heard::nothing;
    switch (status.subject) {
    case 1: return of_address(status);
    case 2: return of_mailbox(status);
    case 3: return status.detail == 4 ? Heard::nothing : Heard::temporary;  // 4: too big for the system
    case 5:                                                                 // protocol
    case 6: return Heard::nothing;                                          // content
    case 7: return is_about_our_signature(status) ? Heard::nothing : Heard::temporary;
    default: return Heard::temporary;
    }
}

Standing settled(const Standing& standing, Instant now, const Limits& limits) noexcept
{
    if (!standing.accepted_at || now < *standing.accepted_at + limits.quiet) return standing;
    Standing fresh;
    fresh.complained_at = standing.complained_at;
    return fresh;
}

Standing after(const Standing& before, Heard heard, Instant now, const Limits& limits) noexcept
{
    Standing standing = settled(before, now, limits);
    switch (heard) {
    case Heard::nothing: return standing;
    case Heard::accepted:
        if (standing.failures > 0 && !standing.accepted_at) standing.accepted_at = now;
        return standing;
    case Heard::unwanted: standing.complained_at = now; return standing;
    case Heard::temporary:
    case Heard::gone: break;
    }
    ++standing.failures;
    standing.accepted_at = std::nullopt;
    if (!standing.first_failure_at) standing.first_failure_at = now;
    const bool often =
        standing.failures >= limits.failures && now >= *standing.first_failure_at + limits.failures_over;
    if (!standing.undeliverable_since && (heard == Heard::gone || often)) standing.undeliverable_since = now;
    return standing;
}

bool is_undeliverable(const Standing& standing, Instant now, const Limits& limits) noexcept
{
    return settled(standing, now, limits).undeliverable_since.has_value();
}

bool is_called_junk(const Standing& standing, Instant now, const Limits& limits) noexcept
{
    return standing.complained_at && now < *standing.complained_at + limits.junk_shown;
}

bool is_to_be_told(const Standing& standing, Instant now, const Limits& limits) noexcept
{
    return !standing.told && is_undeliverable(standing, now, limits);
}

ReportAnswer judge_report(const ReportFacts& facts, Instant now, const Limits& limits) noexcept
{
    if (!facts.tag_right) return ReportAnswer::forged;
    if (!facts.message_found || !facts.handed_over) return ReportAnswer::unknown;
    if (now >= facts.made_at + limits.report_life) return ReportAnswer::too_old;
    if (facts.reported) return ReportAnswer::reported_before;
    return facts.address_held ? ReportAnswer::counts : ReportAnswer::message_only;
}

Instant next_intake_at(const Intake& intake, std::int64_t most, Instant now) noexcept
{
    return intake.count < most ? now : std::max(now, intake.window_ends);
}

}  // namespace sallyport::policy::deliverability
