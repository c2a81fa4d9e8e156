#include "support/event_rules.h"

#include <algorithm>

namespace sallyport::test {

namespace {

using enum ToldTo;

constexpr EventRule rules[]{
    // event, mail, text, where it is caused
    {"signed_up", "E10", "", "slices_sign_up", primary, "a new account has one address"},
    {"signed_in", "E11", "", "slices_sign_in", sometimes, "in a browser that the account does not know"},
    {"sign_in_stopped", "E12", "", "slices_sign_in"},
    {"sign_ins_failed", "E13", "", "proof"},
    {"passkey_counter_back", "E12-copy", "", "slices_sign_in"},
    {"recovery_code_used", "E15", "", "slices_sign_in"},
    {"sessions_ended", "E16", "", "slices_account"},
    {"browser_trusted", "E17", "", "slices_sign_in"},
    {"reset_begun", "E18", "", "slices_reset"},
    {"password_changed", "E19", "", "slices_account"},
    {"password_added", "E19-added", "", "slices_account"},
    {"password_removal_asked", "E19-asked", "T10", "slices_account"},
    {"password_removed", "E19-removed", "", "slices_account"},
    {"password_reset", "E19-reset", "", "slices_reset"},
    {"passkey_added", "E21", "", "slices_passkeys"},
    {"passkey_removal_asked", "E22-asked", "T9", "slices_passkeys"},
    {"passkey_removed", "E22", "", "slices_passkeys"},
    {"app_added", "E23", "", "slices_factors"},
    {"app_moved", "E23", "", "slices_factors"},
    {"app_removal_asked", "E24-asked", "T16", "slices_factors"},
    {"app_removed", "E24", "", "slices_factors"},
    {"phone_added", "E25-added", "", "slices_codes"},
    {"phone_change_asked", "E25-asked", "T4", "slices_codes"},
    {"phone_changed", "E25-changed", "T6", "slices_codes"},
    {"phone_removed", "E25-removed", "T5", "slices_codes"},
    {"mail_codes_on", "E26-on", "", "slices_codes"},
    {"mail_codes_off", "E26-off", "", "slices_codes"},
    {"kit_made", "E27", "", "slices_factors"},
    {"kit_old", "E28", "", "proof"},
    {"email_change_asked", "E29", "T7", "slices_addresses"},
    {"change_stopped", "E29-stopped", "", "slices_passkeys"},
    {"email_changed", "E30", "T8", "slices_addresses"},
    {"email_not_changed", "E30-taken", "", "slices_addresses"},
    {"change_undone", "E30-undone", "", "slices_addresses"},
    {"words_changed", "E31", "", "slices_account"},
    {"notice_address_added", "E32-added", "", "slices_sign_up"},
    {"hold_over", "E35-over", "", "proof"},
    {"recovery_opened", "E40", "T13", "slices_reset"},
    {"recovery_reminded", "E44", "", "slices_reset"},
    {"recovery_ready", "E45", "", "slices_reset"},
    {"recovery_paused", "E47-paused", "", "slices_reset"},
    {"recovery_ended", "E47", "", "slices_reset"},
    {"recovery_expired", "E47", "", "slices_reset"},
    {"recovery_contested", "E47", "", "slices_reset", every, "beside recovery_ended: one mail tells of both"},
    {"recovery_finished", "E48", "", "slices_reset"},
    {"account_reviewed", "E48-review", "", "slices_account"},
    {"locked", "E50", "T11", "slices_lock"},
    {"exits_paused", "E50-paused", "", "slices_lock"},
    {"unlock_asked", "E51-asked", "", "slices_lock"},
    {"unlock_delayed", "E51-asked", "", "slices_lock"},
    {"unlocked", "E51", "", "slices_lock"},
    {"email_undeliverable", "E58", "T15", "proof", others, "the address itself gets nothing"},
    {"fake_reported", "E57", "", "slices_messages", primary, "it answers who reported"},
    {"fake_answered", "E57-fake", "", "slices_messages", primary, "it answers who reported", "E57-genuine"},

    {"words_renewed", "", "", "slices_addresses", nobody,
     "beside email_changed and change_undone, whose mails begin with the new words"},
    {"email_confirmed_again", "", "", "slices_addresses", nobody,
     "a code that arrived there was typed; nothing changed"},
    {"signed_out", "", "", "slices_account", nobody, "the person's own session ends"},
    {"session_ended", "", "", "slices_account", nobody, "one session ends; where all others do, E16 says so"},
    {"trust_ended", "", "", "slices_account", nobody, "it only takes something away"},
    {"questions_stopped", "", "", "slices_account", nobody, "questions end; nothing was done"},
    {"reset_factor_shown", "", "", "slices_reset", nobody, "between E18 and E19-reset; nothing is changed"},
    {"lock_confirmed", "", "", "slices_lock", nobody, "messages lock again: it only protects"},
};

constexpr NoEvent without_event[]{
    {"E1", "a code to an address that is nobody's yet"},
    {"E2", "a code"},
    {"E2-second", "a code"},
    {"E4", "a code"},
    {"E5", "a code"},
    {"E5-locked", "instead of a code"},
    {"E5-none", "to an address without an account"},
    {"E6", "a code"},
    {"E7", "a code to an address that is not the account's yet"},
    {"E7-again", "a code"},
    {"E7-known", "instead of a code to somebody who wants the address"},
    {"E8", "a code"},
    {"E9", "instead of a code to somebody who signs up with the address"},
    {"T1", "a code"},
    {"T2", "a code"},
    {"T3", "a code"},
    {"T12", "beside E11, a few a day"},
};

}  // namespace

std::span<const EventRule> event_rules() noexcept { return rules; }

const EventRule* rule_of(std::string_view event) noexcept
{
    const auto* const found = std::ranges::find(rules, event, &EventRule::event);
    return found == std::end(rules) ? nullptr : found;
}

std::span<const NoEvent> messages_without_event() noexcept { return without_event; }

}  // namespace sallyport::test
