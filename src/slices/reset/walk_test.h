#pragma once
// For this room's tests: a reset step by step, as its endpoints take it.
#include "slices/reset/ask.h"
#include "slices/reset/confirm_code.h"
#include "slices/reset/prove_factor.h"
#include "slices/reset/set_password.h"
#include "support/each_call.h"
#include "support/engines.h"
#include "support/signed_in.h"

#include <gtest/gtest.h>

namespace sallyport::reset {

inline constexpr std::string_view fresh_password = "seven lamps on a quay";

/// One browser's reset.
struct Walk {
    test::World& w;
    proof::Asker asker = test::stranger();
    Purpose purpose = Purpose::reset;
    store::TokenHash secret{};

    AskOutcome enter(const std::string& email)
    {
        auto outcome = sync_wait(ask(w.world, asker, purpose, *Email::parse(email), secret));
        if (outcome.token) secret = outcome.token->hash;
        return outcome;
    }
    /// The code of the newest mail to the address; "" where it holds none.
    std::string mailed(const std::string& email)
    {
        std::string code;
        for (const store::OutboxMail& mail : test::new_mails(w))
            if (mail.to == email && !test::parameter(mail, "code").empty())
                code = test::parameter(mail, "code");
        return code;
    }
    Confirmed type_code(std::string code)
    {
        return sync_wait(confirm_code(w.world, asker, purpose, secret, std::move(code))).answer;
    }
    Shown show_app(std::string code)
    {
        return sync_wait(prove_app(w.world, asker, secret, std::move(code))).answer;
    }
    PasswordOutcome choose(std::string_view password = fresh_password)
    {
        return sync_wait(set_password(w.world, asker, secret, Secret::from_text(password)));
    }
    std::optional<Found> row() { return sync_wait(read_progress(w.world, purpose, secret)); }
    /// As far as the page of the factor.
    void to_factor(const test::Person& person)
    {
        ASSERT_EQ(enter(person.email.address()).answer, Asked::code_asked);
        ASSERT_EQ(type_code(mailed(person.email.address())), Confirmed::moved);
    }
    void to_password(const test::Person& person)
    {
        to_factor(person);
        ASSERT_EQ(show_app(person.code(w.clock.now())), Shown::moved);
    }
};

class ResetTest : public testing::TestWithParam<db::test::Engine> {
protected:
    bool opens(const test::Person& person, std::string_view password);

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
};

}  // namespace sallyport::reset
