#include "policy/notices.h"

#include <algorithm>
#include <array>

namespace sallyport::policy::notices {

namespace {

bool is_one_of(const auto& kinds, Kind kind) noexcept
{
    return std::ranges::find(kinds, kind) != kinds.end();
}

constexpr std::array to_named{Kind::confirm_address, Kind::address_code, Kind::no_account};
// The account's own, whichever of them the event names: it knows the words.
constexpr std::array to_named_own{Kind::address_again};

// To the mailbox that asked, or that somebody named: a second address has no part in it.
constexpr std::array to_primary{Kind::sign_in_pass,      Kind::second_factor_code,   Kind::step_up_code,
                                Kind::account_exists,    Kind::address_in_use,       Kind::reset_code,
                                Kind::reset_locked,      Kind::recovery_code_mailed, Kind::welcome,
                                Kind::unlock_code,       Kind::fake_reported,        Kind::report_was_fake,
                                Kind::report_was_genuine};

// An account that exists already hears of it seldom by a budget of its own, so that a known address costs
// what an unknown one costs.
constexpr std::array bundled{Kind::new_sign_in, Kind::sign_in_stopped, Kind::passkey_copied,
                             Kind::sessions_ended, Kind::fake_reported};

}  // namespace

Recipients recipients_of(Kind kind, const Channels& channels) noexcept
{
    const bool primary = channels.primary_proven;
    if (is_one_of(to_named, kind)) return {.named = true};
    if (is_one_of(to_named_own, kind)) return {.named = true, .words = true};
    if (is_one_of(to_primary, kind)) return {.primary = primary, .words = primary};
    const bool notice = channels.notice_proven;
    return {.primary = primary, .notice = notice, .words = primary || notice, .old = channels.old_kept};
}

OldAddressSees old_address_sees(Instant words_changed, Instant left) noexcept
{
    if (words_changed < left) return OldAddressSees::words;
    return words_changed == left ? OldAddressSees::words_before : OldAddressSees::no_words;
}

bool may_be_turned_off(Kind) noexcept { return false; }

bool may_be_bundled(Kind kind) noexcept { return is_one_of(bundled, kind); }

}  // namespace sallyport::policy::notices
