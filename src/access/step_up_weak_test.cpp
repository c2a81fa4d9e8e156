// The step-up of an account that has no strong factor: its password, then a code that says what it approves.
#include "access/step_up_fixture.h"
#include "support/each_call.h"

namespace sallyport::access {
namespace {

using policy::Method;
using policy::step_up::Deed;
using test::Person;

constexpr const char* number = "+351912345678";

enum class Weak : std::uint8_t { nothing, mail, text, both };

class WeakStepUp : public StepUpGround {
protected:
    WeakStepUp() { m_level = 1; }
    Person person(Weak weak, std::string email = "ada@mail.example", std::size_t codes = 2)
    {
        Person made = m_w.person({.email = std::move(email), .apps = 0, .codes = codes});
        m_w.transact([&](db::Tx& tx) {
            auto set = store::CredentialSet::load(tx, m_w.keys.keys, made.id);
            if (weak == Weak::text || weak == Weak::both)
                set.add_phone({m_w.random.id<ChannelId>(now()), number, now()});
            if (weak == Weak::mail || weak == Weak::both)
                set.start_email_codes(m_w.random.id<FactorId>(now()), now());
            set.save(tx, m_w.keys.keys, now());
        });
        return made;
    }
    std::string ask_to_add(const SignedIn& who, Deed deed = Deed::adds)
    {
        return ask_for(who, {"add_passkey",
                             {"Add a passkey", {{"Account", "ada"}}, {"Other sessions end."}},
                             "/account/passkeys/add/confirm",
                             "/account/passkeys",
                             RecordWriter("add_passkey").text("a passkey").take_secret(),
                             {},
                             deed});
    }
    std::optional<proof::SendOutcome> send(const SignedIn& who, const std::string& id, Method method,
                                           std::size_t target = 0)
    {
        return sync_wait(send_step_up_code(m_access, who, id, method, target));
    }
    ProofAnswer type(const SignedIn& who, const std::string& id, std::string typed,
                     std::optional<Method> code, const std::string& purpose = "add_passkey")
    {
        return prove_it(who, purpose, id, {std::move(typed), {}, {}, code}).answer;
    }
    /// The newest message that owes a step-up's code.
    std::optional<store::OutboxMail> message(Method method)
    {
        const auto channel =
            method == Method::email_code ? store::OutboxChannel::mail : store::OutboxChannel::text;
        const auto claimed = m_w.transact([&](db::Tx& tx) {
            return store::claim_mail(tx, m_w.keys.keys, 100, std::chrono::days{400}, now(), channel);
        });
        std::optional<store::OutboxMail> newest;
        for (const auto& one : claimed)
            if (one.mail.mail == (method == Method::email_code ? "E4" : "T3")) newest = one.mail;
        return newest;
    }
    /// A row whose password was right and whose code is on its way.
    std::string with_code(const SignedIn& who, const Person& person, Method method, std::string& code)
    {
        const std::string id = ask_to_add(who);
        EXPECT_EQ(password(who, id, person.password), ProofAnswer::done);
        EXPECT_EQ(send(who, id, method)->answer, proof::SendAnswer::sent);
        code = test::parameter(*message(method), "code");
        return id;
    }
    static std::string other_than(const std::string& code) { return code == "000000" ? "000001" : "000000"; }
};
INSTANTIATE_TEST_SUITE_P(Engines, WeakStepUp, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(WeakStepUp, ThePasswordAndThenACodeThatSaysWhatItApproves)
{
    const Person ada = person(Weak::both);
    const SignedIn who = signed_in(ada);
    for (const Method method : {Method::email_code, Method::sms_code}) {
        const std::string id = ask_to_add(who);
        EXPECT_TRUE(offers(who, id).code_besides);
        EXPECT_FALSE(offers(who, id).password) << "not alone";
        EXPECT_FALSE(offers(who, id).password_proven);
        EXPECT_FALSE(send(who, id, method)) << "nothing is sent before the password";
        EXPECT_FALSE(message(method));
        EXPECT_EQ(password(who, id, "not the password"), ProofAnswer::wrong);
        EXPECT_FALSE(offers(who, id).password_proven);
        EXPECT_EQ(password(who, id, ada.password), ProofAnswer::done);
        const auto offered = offers(who, id);
        EXPECT_TRUE(offered.password_proven && offered.recovery_code);
        ASSERT_EQ(offered.ways.size(), 2U);
        EXPECT_EQ(offered.ways[0].to, "a••@m••.example");

        ASSERT_EQ(send(who, id, method)->answer, proof::SendAnswer::sent);
        const auto mail = message(method);
        ASSERT_TRUE(mail);
        EXPECT_EQ(test::parameter(*mail, "deed"), "Add a passkey");
        EXPECT_EQ(test::parameter(*mail, "fact_value"), method == Method::email_code ? "ada" : "");
        EXPECT_EQ(mail->to, method == Method::email_code ? "ada@mail.example" : number);
        const std::string code = test::parameter(*mail, "code");
        EXPECT_EQ(type(who, id, other_than(code), method), ProofAnswer::wrong);
        EXPECT_EQ(type(who, id, code, std::nullopt), ProofAnswer::wrong) << "it is no password";
        const auto before = deeds(ada);
        EXPECT_EQ(type(who, id, code, method), ProofAnswer::done);
        EXPECT_EQ(deeds(ada), before + 1);
        EXPECT_EQ(type(who, id, code, method), ProofAnswer::over) << "one use";
        EXPECT_EQ(deeds(ada), before + 1);
    }
}

TEST_P(WeakStepUp, WhereNothingIsHeldThePasswordAddsAndTakesNothing)
{
    const Person ada = person(Weak::nothing);
    const SignedIn who = signed_in(ada);
    for (const Deed deed : {Deed::adds, Deed::adds_code, Deed::keeps}) {
        const std::string id = ask_to_add(who, deed);
        EXPECT_TRUE(offers(who, id).password);
        EXPECT_EQ(type(who, id, ada.password, std::nullopt), ProofAnswer::done);
    }
    EXPECT_EQ(deeds(ada), 3);
    const std::string taking = ask_to_add(who, Deed::takes);
    EXPECT_TRUE(offers(who, taking).none());
    EXPECT_EQ(type(who, taking, ada.password, std::nullopt), ProofAnswer::wrong);
    EXPECT_EQ(deeds(ada), 3);
}

TEST_P(WeakStepUp, NothingThatTakesProtectionAwayOrOpensASecondChannel)
{
    const Person ada = person(Weak::both);
    const SignedIn who = signed_in(ada);
    for (const Deed deed : {Deed::takes, Deed::adds_code}) {
        const std::string id = ask_to_add(who, deed);
        EXPECT_TRUE(offers(who, id).none());
        EXPECT_NE(password(who, id, ada.password), ProofAnswer::done);
        EXPECT_FALSE(send(who, id, Method::email_code));
        for (const auto code : {std::optional<Method>(), std::optional(Method::email_code),
                                std::optional(Method::recovery_code)}) {
            const std::string typed =
                code == Method::recovery_code ? std::string(ada.codes[0].reveal_text()) : ada.password;
            EXPECT_EQ(type(who, id, typed, code), ProofAnswer::wrong);
        }
    }
    EXPECT_FALSE(message(Method::email_code));
    EXPECT_EQ(deeds(ada), 0);
}

TEST_P(WeakStepUp, ACodeIsOfOneRowSessionAccountAndPurpose)
{
    const Person ada = person(Weak::both);
    const Person eve = person(Weak::both, "eve@mail.example");
    const SignedIn who = signed_in(ada);
    std::string code;
    const std::string id = with_code(who, ada, Method::sms_code, code);
    const std::string twin = ask_to_add(who);
    EXPECT_FALSE(offers(who, twin).password_proven) << "a password is proven for one row";
    EXPECT_EQ(type(who, twin, code, Method::sms_code), ProofAnswer::wrong);
    EXPECT_EQ(password(who, twin, ada.password), ProofAnswer::done);
    EXPECT_EQ(type(who, twin, code, Method::sms_code), ProofAnswer::code_over) << "none was sent for it";
    EXPECT_EQ(type(signed_in(ada, 2), id, code, Method::sms_code), ProofAnswer::over);
    EXPECT_EQ(type(signed_in(eve), id, code, Method::sms_code), ProofAnswer::over);
    EXPECT_EQ(type(who, id, code, Method::sms_code, "change_password"), ProofAnswer::over);
    EXPECT_EQ(type(who, id, code, Method::email_code), ProofAnswer::code_over) << "another channel's";
    EXPECT_EQ(password(signed_in(ada, 2), id, ada.password), ProofAnswer::over);
    EXPECT_FALSE(send(signed_in(ada, 2), id, Method::sms_code));
    EXPECT_FALSE(send(who, id, Method::sms_code, 1)) << "no such number";
    EXPECT_FALSE(send(who, id, Method::recovery_code));
    m_w.clock.advance(std::chrono::minutes{5});
    EXPECT_EQ(type(who, id, code, Method::sms_code), ProofAnswer::over) << "the step-up's own time";
    EXPECT_EQ(deeds(ada), 0);
}

TEST_P(WeakStepUp, FiveTriesAndANewCodeBringsNone)
{
    const Person ada = person(Weak::mail);
    const SignedIn who = signed_in(ada);
    std::string code;
    const std::string id = with_code(who, ada, Method::email_code, code);
    for (int n = 0; n < 5; ++n)
        EXPECT_EQ(type(who, id, other_than(code), Method::email_code), ProofAnswer::wrong);
    EXPECT_EQ(type(who, id, code, Method::email_code), ProofAnswer::code_over);
    m_w.clock.advance(std::chrono::minutes{2});
    EXPECT_EQ(send(who, id, Method::email_code)->answer, proof::SendAnswer::wait);
    EXPECT_FALSE(message(Method::email_code));
    EXPECT_EQ(deeds(ada), 0);
}

TEST_P(WeakStepUp, ARecoveryCodeStandsInAndIsSpentAndTold)
{
    const Person ada = person(Weak::text);
    const SignedIn who = signed_in(ada);
    const std::string id = ask_to_add(who);
    const std::string printed(ada.codes[0].reveal_text());
    EXPECT_EQ(type(who, id, printed, Method::recovery_code), ProofAnswer::wrong)
        << "the password comes first";
    EXPECT_EQ(m_w.credentials(ada.id).kit()->codes.size(), 2U);
    EXPECT_EQ(password(who, id, ada.password), ProofAnswer::done);
    EXPECT_EQ(type(who, id, "1-AAAA-AAAA-AAAA-AAAA", Method::recovery_code), ProofAnswer::wrong);
    EXPECT_EQ(type(who, id, printed, Method::recovery_code), ProofAnswer::done);
    EXPECT_EQ(deeds(ada), 1);
    EXPECT_EQ(m_w.credentials(ada.id).kit()->codes.size(), 1U);
    EXPECT_EQ(test::mails_of(m_w, ada.id, "E15"), 1);
    EXPECT_EQ(test::events_of(m_w, ada.id, "recovery_code_used"), 1);
    const std::string twin = ask_to_add(who);
    EXPECT_EQ(password(who, twin, ada.password), ProofAnswer::done);
    EXPECT_EQ(type(who, twin, printed, Method::recovery_code), ProofAnswer::wrong) << "used";
    EXPECT_EQ(deeds(ada), 1);
}

TEST_P(WeakStepUp, AStrongFactorOutranksThem)
{
    const Person ada = person(Weak::both);
    const SignedIn who = signed_in(ada);
    std::string code;
    const std::string id = with_code(who, ada, Method::sms_code, code);
    m_w.transact([&](db::Tx& tx) {
        auto set = store::CredentialSet::load(tx, m_w.keys.keys, ada.id);
        set.add_totp_app(m_w.keys.keys, m_w.random.id<FactorId>(now()), crypto::new_totp_secret(m_w.random),
                         0, 0, now());
        set.save(tx, m_w.keys.keys, now());
    });
    EXPECT_TRUE(offers(who, id).app_code);
    EXPECT_FALSE(offers(who, id).code_besides);
    EXPECT_EQ(type(who, id, code, Method::sms_code), ProofAnswer::wrong);
    EXPECT_EQ(deeds(ada), 0);
}

TEST_P(WeakStepUp, GuessesAtThePasswordDrawOnTheAccountsBudget)
{
    const Person ada = person(Weak::mail);
    const SignedIn who = signed_in(ada);
    const std::string id = ask_to_add(who);
    ProofAnswer last = ProofAnswer::wrong;
    for (int n = 0; n < 30 && last == ProofAnswer::wrong; ++n) last = password(who, id, "a guess");
    EXPECT_EQ(last, ProofAnswer::wait);
    EXPECT_EQ(password(who, id, ada.password), ProofAnswer::wait);
    EXPECT_FALSE(offers(who, id).password_proven);
}

TEST_P(WeakStepUp, InParallelOneCodeDoesOneDeed)
{
    const Person ada = person(Weak::text);
    const SignedIn who = signed_in(ada);
    std::string code;
    const std::string id = with_code(who, ada, Method::sms_code, code);
    test::in_parallel(8, [&](int) { type(who, id, code, Method::sms_code); });
    EXPECT_EQ(deeds(ada), 1);
}

TEST_P(WeakStepUp, WithEachCallFailingTheDeedIsAllOrNothing)
{
    db::test::with_each_call_failing(m_failing, 4, [&](const std::string& name, auto attempt) {
        const Person ada = person(Weak::mail, name + "@mail.example", 0);
        const SignedIn who = signed_in(ada);
        const std::string id = ask_to_add(who);
        std::string code;
        if (!attempt([&] {
                if (password(who, id, ada.password) != ProofAnswer::done) return;
                if (!send(who, id, Method::email_code)) return;
                code = test::parameter(*message(Method::email_code), "code");
                type(who, id, code, Method::email_code);
            }))
            EXPECT_LE(deeds(ada), 1);
        else
            EXPECT_EQ(deeds(ada), 1);
        EXPECT_EQ(sync_wait(find(m_access, who, id)).has_value(), deeds(ada) == 0);
        message(Method::email_code);  // what is left over
    });
}

}  // namespace
}  // namespace sallyport::access
