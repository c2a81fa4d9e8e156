#include <gtest/gtest.h>

#include <vector>

#include "policy/notices.h"

namespace sallyport::policy::notices {
namespace {

const std::vector<Kind> about_security{Kind::new_sign_in,
                                       Kind::sign_in_stopped,
                                       Kind::passkey_copied,
                                       Kind::recovery_code_used,
                                       Kind::sessions_ended,
                                       Kind::password_changed,
                                       Kind::app_added,
                                       Kind::kit_made,
                                       Kind::words_changed,
                                       Kind::passkey_added,
                                       Kind::passkey_removal_asked,
                                       Kind::passkey_removed,
                                       Kind::reset_asked,
                                       Kind::password_reset,
                                       Kind::recovery_opened,
                                       Kind::recovery_ready,
                                       Kind::recovery_stopped,
                                       Kind::recovery_ended,
                                       Kind::recovery_finished,
                                       Kind::phone_added,
                                       Kind::phone_change_asked,
                                       Kind::phone_changed,
                                       Kind::phone_removed,
                                       Kind::mail_codes_on,
                                       Kind::mail_codes_off,
                                       Kind::address_change_asked,
                                       Kind::address_changed,
                                       Kind::address_taken,
                                       Kind::change_stopped,
                                       Kind::change_undone,
                                       Kind::password_added,
                                       Kind::password_removal_asked,
                                       Kind::password_removed,
                                       Kind::account_reviewed,
                                       Kind::browser_trusted,
                                       Kind::account_locked,
                                       Kind::exits_paused,
                                       Kind::unlock_asked,
                                       Kind::account_unlocked,
                                       Kind::address_undeliverable,
                                       Kind::sign_ins_failed,
                                       Kind::kit_old,
                                       Kind::notice_address_added,
                                       Kind::hold_over,
                                       Kind::recovery_reminded,
                                       Kind::app_removal_asked,
                                       Kind::app_removed};
const std::vector<Kind> to_the_mailbox{
    Kind::sign_in_pass,      Kind::second_factor_code, Kind::step_up_code,  Kind::account_exists,
    Kind::welcome,           Kind::reset_code,         Kind::reset_locked,  Kind::recovery_code_mailed,
    Kind::address_in_use,    Kind::unlock_code,        Kind::fake_reported, Kind::report_was_fake,
    Kind::report_was_genuine};

TEST(NoticesModel, WhomEachEventTells)
{
    for (const unsigned bits : {0u, 1u, 2u, 3u, 4u, 5u, 6u, 7u}) {
        const bool primary = (bits & 1u) != 0, notice = (bits & 2u) != 0, old = (bits & 4u) != 0;
        const Channels channels{primary, notice, old};
        for (const Kind kind : about_security) {
            const Recipients to = recipients_of(kind, channels);
            EXPECT_EQ(to.primary, primary) << "every address that the account proved, and no other";
            EXPECT_EQ(to.notice, notice);
            EXPECT_EQ(to.words, primary || notice);
            EXPECT_EQ(to.old, old) << "and the one that was, for 30 days";
            EXPECT_FALSE(to.named);
        }
        for (const Kind kind : to_the_mailbox)
            EXPECT_EQ(recipients_of(kind, channels), (Recipients{false, primary, false, primary, false}));
        for (const Kind kind : {Kind::confirm_address, Kind::no_account, Kind::address_code})
            EXPECT_EQ(recipients_of(kind, channels), (Recipients{true, false, false, false, false}))
                << "an address that is not proven sees no words";
        EXPECT_EQ(recipients_of(Kind::address_again, channels), (Recipients{true, false, false, true, false}))
            << "one of the account's own, whichever it is";
    }
    EXPECT_EQ(recipients_of(Kind::app_added, {}), Recipients{}) << "no channel is proven unless said";
}

TEST(NoticesModel, AnOldAddressSeesNoNewWords)
{
    const Instant left{std::chrono::days{20'000}};
    constexpr Duration ms{1};
    EXPECT_EQ(old_address_sees(left - ms, left), OldAddressSees::words);
    EXPECT_EQ(old_address_sees(left, left), OldAddressSees::words_before) << "made as it left";
    EXPECT_EQ(old_address_sees(left + ms, left), OldAddressSees::no_words);
    EXPECT_EQ(OldAddressSees{}, OldAddressSees::no_words);
}

TEST(Notices, NoneCanBeTurnedOff)
{
    for (const Kind kind : about_security) EXPECT_FALSE(may_be_turned_off(kind));
    for (const Kind kind : to_the_mailbox) EXPECT_FALSE(may_be_turned_off(kind));
    EXPECT_FALSE(may_be_turned_off(Kind::confirm_address));
    EXPECT_FALSE(may_be_turned_off(Kind::no_account));
    EXPECT_FALSE(may_be_turned_off(Kind::address_code));
    EXPECT_FALSE(may_be_turned_off(Kind::address_again));
}

const std::vector<Kind> never_bundled{Kind::confirm_address,
                                      Kind::sign_in_pass,
                                      Kind::step_up_code,
                                      Kind::account_exists,
                                      Kind::welcome,
                                      Kind::recovery_code_used,
                                      Kind::password_changed,
                                      Kind::app_added,
                                      Kind::kit_made,
                                      Kind::words_changed,
                                      Kind::passkey_added,
                                      Kind::passkey_removal_asked,
                                      Kind::passkey_removed,
                                      Kind::app_removal_asked,
                                      Kind::app_removed,
                                      Kind::reset_code,
                                      Kind::reset_locked,
                                      Kind::no_account,
                                      Kind::reset_asked,
                                      Kind::password_reset,
                                      Kind::recovery_code_mailed,
                                      Kind::recovery_opened,
                                      Kind::recovery_ready,
                                      Kind::recovery_stopped,
                                      Kind::recovery_ended,
                                      Kind::recovery_finished,
                                      Kind::phone_added,
                                      Kind::phone_change_asked,
                                      Kind::phone_changed,
                                      Kind::phone_removed,
                                      Kind::mail_codes_on,
                                      Kind::mail_codes_off,
                                      Kind::password_added,
                                      Kind::password_removal_asked,
                                      Kind::password_removed,
                                      Kind::account_reviewed,
                                      Kind::address_code,
                                      Kind::address_again,
                                      Kind::address_in_use,
                                      Kind::address_change_asked,
                                      Kind::address_changed,
                                      Kind::address_taken,
                                      Kind::address_undeliverable,
                                      Kind::change_stopped,
                                      Kind::change_undone,
                                      Kind::browser_trusted,
                                      Kind::unlock_code,
                                      Kind::account_locked,
                                      Kind::exits_paused,
                                      Kind::unlock_asked,
                                      Kind::account_unlocked,
                                      Kind::second_factor_code,
                                      Kind::sign_ins_failed,  // seldom by a rule of their own
                                      Kind::kit_old,
                                      Kind::notice_address_added,
                                      Kind::hold_over,
                                      Kind::recovery_reminded};

TEST(Notices, CodesAndChangesAreNeverBundled)
{
    for (const Kind kind : never_bundled) EXPECT_FALSE(may_be_bundled(kind));
}

TEST(Notices, WhatRepeatsIsBundled)
{
    for (const Kind kind : {Kind::new_sign_in, Kind::sign_in_stopped, Kind::passkey_copied,
                            Kind::sessions_ended, Kind::fake_reported})
        EXPECT_TRUE(may_be_bundled(kind));
    for (const Kind answer : {Kind::report_was_fake, Kind::report_was_genuine})
        EXPECT_FALSE(may_be_bundled(answer));
}

}  // namespace
}  // namespace sallyport::policy::notices
