#include "policy/notices.h"

namespace sallyport::policy::notices {

Recipients recipients_of(Kind kind, const Channels& channels) noexcept
{
    const bool primary = channels.primary_proven;
    switch (kind) {
    case Kind::confirm_address:
    case Kind::address_code:
    case Kind::no_account: return {.named = true};
    // To the mailbox that asked, or that somebody named: a second address has no part in it.
    case Kind::sign_in_pass:
    case Kind::step_up_code:
    case Kind::account_exists:
    case Kind::address_in_use:
    case Kind::reset_code:
    case Kind::reset_locked:
    case Kind::recovery_code_mailed:
    case Kind::unlock_code:
    case Kind::welcome: return {.primary = primary, .words = primary};
    case Kind::new_sign_in:
    case Kind::sign_in_stopped:
    case Kind::passkey_copied:
    case Kind::recovery_code_used:
    case Kind::sessions_ended:
    case Kind::password_changed:
    case Kind::password_added:
    case Kind::password_removal_asked:
    case Kind::password_removed:
    case Kind::app_added:
    case Kind::kit_made:
    case Kind::words_changed:
    case Kind::passkey_added:
    case Kind::passkey_removal_asked:
    case Kind::passkey_removed:
    case Kind::phone_added:
    case Kind::phone_change_asked:
    case Kind::phone_changed:
    case Kind::phone_removed:
    case Kind::mail_codes_on:
    case Kind::mail_codes_off:
    case Kind::account_reviewed:
    case Kind::browser_trusted:
    case Kind::account_locked:
    case Kind::exits_paused:
    case Kind::unlock_asked:
    case Kind::account_unlocked:
    case Kind::reset_asked:
    case Kind::password_reset:
    case Kind::recovery_opened:
    case Kind::recovery_ready:
    case Kind::recovery_stopped:
    case Kind::recovery_ended:
    case Kind::recovery_finished:
    case Kind::address_change_asked:
    case Kind::address_changed:
    case Kind::address_taken:
    case Kind::address_undeliverable:
    case Kind::change_stopped:
    case Kind::change_undone: break;
    }
    const bool notice = channels.notice_proven;
    return {.primary = primary, .notice = notice, .words = primary || notice, .old = channels.old_kept};
}

bool old_address_sees_words(Instant words_changed, Instant left) noexcept { return words_changed < left; }

bool may_be_turned_off(Kind) noexcept { return false; }

bool may_be_bundled(Kind kind) noexcept
{
    switch (kind) {
    case Kind::new_sign_in:
    case Kind::sign_in_stopped:
    case Kind::passkey_copied:
    case Kind::sessions_ended: return true;
    // Seldom by a budget of its own, so that a known address costs what an unknown one costs.
    case Kind::account_exists:
    case Kind::confirm_address:
    case Kind::sign_in_pass:
    case Kind::step_up_code:
    case Kind::welcome:
    case Kind::recovery_code_used:
    case Kind::password_changed:
    case Kind::password_added:
    case Kind::password_removal_asked:
    case Kind::password_removed:
    case Kind::app_added:
    case Kind::kit_made:
    case Kind::words_changed:
    case Kind::passkey_added:
    case Kind::passkey_removal_asked:
    case Kind::passkey_removed:
    case Kind::phone_added:
    case Kind::phone_change_asked:
    case Kind::phone_changed:
    case Kind::phone_removed:
    case Kind::mail_codes_on:
    case Kind::mail_codes_off:
    case Kind::account_reviewed:
    case Kind::browser_trusted:
    case Kind::unlock_code:
    case Kind::account_locked:
    case Kind::exits_paused:
    case Kind::unlock_asked:
    case Kind::account_unlocked:
    case Kind::reset_code:
    case Kind::reset_locked:
    case Kind::no_account:
    case Kind::reset_asked:
    case Kind::password_reset:
    case Kind::recovery_code_mailed:
    case Kind::recovery_opened:
    case Kind::recovery_ready:
    case Kind::recovery_stopped:
    case Kind::recovery_ended:
    case Kind::recovery_finished:
    case Kind::address_code:
    case Kind::address_in_use:
    case Kind::address_change_asked:
    case Kind::address_changed:
    case Kind::address_taken:
    case Kind::address_undeliverable:
    case Kind::change_stopped:
    case Kind::change_undone: break;
    }
    return false;
}

}  // namespace sallyport::policy::notices
