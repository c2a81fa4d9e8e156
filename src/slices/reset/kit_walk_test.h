#pragma once
// For this room's tests: the road of the recovery kit, as its endpoints, its mails and the worker take it.
#include "proof/cases.h"
#include "proof/changes.h"
#include "proof/passwords.h"
#include "slices/reset/finish_case.h"
#include "slices/reset/open_case.h"
#include "slices/reset/stop_case.h"
#include "slices/reset/walk_test.h"

namespace sallyport::reset {

class KitRoadTest : public ResetTest {
protected:
    Walk walk() { return {m_w}; }
    test::Person person(const std::string& name = "ada")
    {
        return m_w.person(
            {.email = name + "@mail.example", .codes = 4, .notice_email = name + "@other.example"});
    }
    OpenOutcome open(Walk& way, const std::string& code)
    {
        return sync_wait(open_by_kit(m_w.world, way.asker, way.secret, code));
    }
    /// A case by the person's own code; its mails stay in `m_mails`.
    void begin(const test::Person& ada, std::size_t code = 0)
    {
        Walk way = walk();
        way.to_factor(ada);
        test::new_mails(m_w);
        ASSERT_EQ(open(way, std::string(ada.codes.at(code).reveal_text())).answer, Opened::waiting);
        m_mails = test::new_mails(m_w);
    }
    std::string stop_code(const std::string& to)
    {
        for (const store::OutboxMail& mail : m_mails)
            if (mail.to == to && !test::parameter(mail, "stop").empty()) return test::parameter(mail, "stop");
        return "";
    }
    StopOutcome stop(const std::string& code, std::string app = "")
    {
        return sync_wait(stop_by_code(m_w.world, test::stranger(), code, std::move(app)));
    }
    store::RecoveryCase newest(const test::Person& ada)
    {
        const auto cases = m_w.credentials(ada.id).cases();
        CHECK(!cases.empty());
        return cases.back();
    }
    policy::roads::Stage stage(const test::Person& ada)
    {
        return policy::roads::stage_at(newest(ada).state, m_w.clock.now(), proof::road_limits);
    }
    std::int64_t work() { return sync_wait(proof::do_due_changes(m_w.world)); }
    /// A row of P8h in another browser, its code typed.
    Walk finishing(const test::Person& ada)
    {
        Walk way{m_w, test::stranger("198.51.100.9"), Purpose::recover};
        m_w.clock.advance(std::chrono::minutes{2});
        way.to_factor(ada);
        return way;
    }
    Renewed choose(Walk& way, std::string_view password = fresh_password)
    {
        return sync_wait(choose_password(m_w.world, way.secret, Secret::from_text(password))).answer;
    }
    Renewed prove(Walk& way)
    {
        const auto row = way.row();
        if (!row || row->progress.app_key.reveal().empty()) return Renewed::over;
        const auto code = crypto::code_at_step(row->progress.app_key, crypto::step_of(m_w.clock.now()));
        return sync_wait(prove_new_app(m_w.world, way.asker, way.secret, code)).answer;
    }
    bool has_password(const test::Person& ada, std::string_view password)
    {
        const auto stored = m_w.credentials(ada.id).password();
        return sync_wait(proof::check_password(m_w.world, Secret::from_text(password), stored, {})).outcome ==
               crypto::PoolOutcome::match;
    }

    std::vector<store::OutboxMail> m_mails;
};

}  // namespace sallyport::reset
