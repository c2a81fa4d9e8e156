#pragma once
// Which event tells whom by mail. Security mails go to every address that the account proved and cannot be
// turned off; the person's words go only to addresses that the account proved (ux.md, M2, M9, M10).
#include <cstdint>

#include "base/time.h"

namespace sallyport::policy::notices {

enum class Kind : std::uint8_t {
    confirm_address,         // E1, to the address that is being confirmed
    sign_in_pass,            // E2, to whoever asks for one
    second_factor_code,      // E2, after the first factor: with browser and place
    step_up_code,            // E4, with what it approves
    account_exists,          // E9
    welcome,                 // E10
    new_sign_in,             // E11
    sign_in_stopped,         // E12
    sign_ins_failed,         // E13, many at once (policy/reminders.h)
    passkey_copied,          // E12: the counter of a passkey went back, and its answer was refused
    recovery_code_used,      // E15
    sessions_ended,          // E16
    password_changed,        // E19
    password_added,          // E19, where there was none
    password_removal_asked,  // E19, before: "will be removed at …"
    password_removed,        // E19
    app_added,               // E23, also moved
    kit_made,                // E27
    kit_old,                 // E28
    words_changed,           // E31
    notice_address_added,    // E32, to the new address, too
    hold_over,               // E35
    passkey_added,           // E21
    passkey_removal_asked,   // E22, before: "will be removed at …"
    passkey_removed,         // E22
    reset_code,              // E5
    reset_locked,            // E5 to an account that is locked: no code
    no_account,              // E5 to an address that has no account
    reset_asked,             // E18, when the code was right
    password_reset,          // E19, by the mailed code and a strong factor
    recovery_code_mailed,    // E6
    recovery_opened,         // E40, with a stop code, as every mail of a case
    recovery_reminded,       // E44
    recovery_ready,          // E45
    recovery_stopped,        // E47, paused by a channel
    recovery_ended,          // E47, by a strong factor, the person or the time
    recovery_finished,       // E48
    phone_added,             // E25
    phone_change_asked,      // E25, before: "another number takes its place at …"
    phone_changed,           // E25
    phone_removed,           // E25
    mail_codes_on,           // E26
    mail_codes_off,          // E26
    account_reviewed,        // E48, what its owner looked through (A28)
    address_code,            // E7, to the new address
    address_again,           // E7, to an address of the account's that mails did not reach
    address_in_use,          // instead of E7, to the account that has that address
    address_change_asked,    // E29, with a stop code
    address_changed,         // E30; the old address has a stop code
    address_taken,           // E30: another account has the new address meanwhile, nothing was changed
    change_stopped,          // E29, E25: by a stop code
    change_undone,           // E30, E25: the old address or number is the account's again
    browser_trusted,         // E17
    unlock_code,             // E8
    account_locked,          // E50
    exits_paused,            // E50, by a lock code that may do no more
    unlock_asked,            // E51, before: "will be unlocked at …", also when it was put off
    account_unlocked,        // E51
    address_undeliverable,   // E58, to the other addresses
    fake_reported,           // E57, to who reported a fake while signed in
    report_was_fake,         // E57, what people found out
    report_was_genuine,      // E57
    app_removal_asked,       // E24, before: "will be removed at …", also after a move
    app_removed,             // E24
};

struct Channels {
    bool primary_proven = false;
    bool notice_proven = false;  // the second address, at another provider
    bool old_kept = false;       // an address that was the primary one until 30 days ago (changes.h)
};

struct Recipients {
    bool named = false;  // only the address that the event itself names
    bool primary = false;
    bool notice = false;
    bool words = false;  // the mail begins with the account's words
    bool old = false;    // the old address
    friend bool operator==(const Recipients&, const Recipients&) = default;
};
Recipients recipients_of(Kind kind, const Channels& channels) noexcept;

/// The old address is not the account's any more: it sees the words that it has seen, and no newer ones. New
/// ones are made as it leaves; those before them are what it knows.
enum class OldAddressSees : std::uint8_t { no_words, words_before, words };
OldAddressSees old_address_sees(Instant words_changed, Instant left) noexcept;

/// No security mail can be turned off; every mail that there is yet is one.
bool may_be_turned_off(Kind kind) noexcept;
/// Repeated events are told at once and then at most every 15 minutes with their count; codes and changes
/// never wait.
bool may_be_bundled(Kind kind) noexcept;

}  // namespace sallyport::policy::notices
