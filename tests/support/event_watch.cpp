#include "support/event_watch.h"

#include "base/mutex.h"
#include "proof/effects.h"
#include "store/message_reports.h"
#include "support/event_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <map>
#include <set>

namespace sallyport::test {

namespace {

struct Noted {
    Bytes account;
    std::string event;
    Instant at;
    std::string detail;
};
struct Put {
    std::optional<Bytes> account;  // nothing: to an address without one
    std::string message;
    bool is_text;
    std::int64_t serial;
    Bytes recipient;
};

/// A Tx passes statements to another one by the door that is its own class's only.
struct Door : db::Tx {
    using db::Tx::run;
};

/// Passes everything on, and remembers what becomes of the history and the outbox.
class Seen final : public db::Tx {
public:
    explicit Seen(db::Tx& real) : m_real(real) {}
    std::vector<Noted> noted;
    std::vector<Put> put;
    std::vector<Bytes> told_more;  // rows that waited and now stand for this event, too
    std::uint64_t statements = 0;
    bool by_hand = false;

protected:
    db::Outcome run(db::Sql sql, std::span<const db::Value> arguments) override
    {
        ++statements;
        constexpr auto pass_on = &Door::run;
        auto outcome = (m_real.*pass_on)(sql, arguments);
        if (outcome.changed > 0) remember(sql.text(), arguments);
        return outcome;
    }

private:
    void remember(std::string_view sql, std::span<const db::Value> arguments)
    {
        const auto bytes = [&](std::size_t i) { return std::get<Bytes>(arguments[i - 1]); };
        const auto text = [&](std::size_t i) { return std::get<std::string>(arguments[i - 1]); };
        const auto number = [&](std::size_t i) { return std::get<std::int64_t>(arguments[i - 1]); };
        if (sql.starts_with("INSERT INTO events "))
            noted.push_back({bytes(2), text(3), from_unix_ms(number(4)), text(7)});
        if (sql.starts_with("INSERT INTO outbox ")) {
            std::optional<Bytes> account;
            if (std::holds_alternative<Bytes>(arguments[1])) account = bytes(2);
            put.push_back({account, text(3), text(4) == "text", number(9), bytes(10)});
        }
        if (sql.starts_with("UPDATE outbox SET sealed = $1 WHERE id = $2 ")) told_more.push_back(bytes(2));
    }
    db::Tx& m_real;
};

// --- which events happened while this program ran

Mutex seen_mutex;
std::set<std::string, std::less<>> seen_events GUARDED_BY(seen_mutex);

/// Where all tests of a room have run, each event that the table gives it must have happened.
class AllOfThem final : public testing::Environment {
public:
    void TearDown() override
    {
        const bool all = GTEST_FLAG_GET(filter) == "*" && std::getenv("GTEST_TOTAL_SHARDS") == nullptr;
        if (!all || testing::UnitTest::GetInstance()->Failed()) return;
        const Lock lock(seen_mutex);
        for (const EventRule& rule : event_rules())
            if ("test_" + std::string(rule.caused) == program_invocation_short_name)
                EXPECT_TRUE(seen_events.contains(rule.event)) << "nothing brought about " << rule.event;
    }
};
testing::Environment* const all_of_them = testing::AddGlobalTestEnvironment(new AllOfThem);

// --- the law

class Law {
public:
    Law(Seen& seen, const store::Keys& keys) : m_seen(seen), m_keys(keys) {}

    void hold()
    {
        std::set<Bytes> accounts;
        for (const Noted& one : m_seen.noted) accounts.insert(one.account);
        for (const Bytes& account : accounts) hold_events(account);
        if (!m_seen.by_hand)
            for (const Put& one : m_seen.put)
                if (one.account) hold_message(one);
        const Lock lock(seen_mutex);
        for (const Noted& one : m_seen.noted) seen_events.insert(one.event);
    }

private:
    /// The rows about this message in the transaction, those that were told more among them.
    std::vector<store::ReportedMessage> rows_of(const Bytes& account, std::string_view message)
    {
        std::vector<store::ReportedMessage> rows;
        for (const Put& one : m_seen.put)
            if (one.account == account && one.message == message && !one.is_text)
                rows.push_back({OutboxId(Uuid{}), one.serial, {}, false, false, {}, one.recipient});
        for (const Bytes& id : m_seen.told_more) {
            const auto found =
                m_seen.query("SELECT message_serial, recipient FROM outbox WHERE id = $1 AND account = $2 "
                             "AND template = $3",
                             id, account, message);
            if (!found.empty())
                rows.push_back(
                    {OutboxId(Uuid{}), found.integer(0, 0), {}, false, false, {}, found.bytes(0, 1)});
        }
        return rows;
    }

    static std::vector<Email> addresses(const EventRule& rule, const Noted& noted,
                                        const store::CredentialSet& credentials)
    {
        std::vector<Email> owed;
        for (const store::Channel& channel : credentials.channels())
            if (rule.to != ToldTo::primary || channel.role == store::ChannelRole::primary)
                owed.push_back(channel.address);
        if (rule.to == ToldTo::primary) return owed;
        for (const auto& old : proof::old_channels(credentials, noted.at))
            owed.push_back(old.channel.address);
        if (rule.to == ToldTo::others)
            std::erase_if(owed, [&](const Email& address) { return address.masked() == noted.detail; });
        return owed;
    }

    /// How many mails to an address these events of one transaction owe: as many as the most frequent of
    /// those that share one.
    std::int64_t owed_times(const Bytes& account, std::string_view mail) const
    {
        std::map<std::string_view, std::int64_t> counts;
        for (const Noted& one : m_seen.noted)
            if (const auto* const rule = rule_of(one.event);
                one.account == account && rule && rule->mail == mail)
                ++counts[rule->event];
        std::int64_t most = 0;
        for (const auto& [event, count] : counts) most = std::max(most, count);
        return most;
    }

    void hold_events(const Bytes& account)
    {
        const auto id = AccountId::from_bytes(account);
        ASSERT_TRUE(id.has_value());
        const auto credentials = store::CredentialSet::load(m_seen, m_keys, *id);
        for (const Noted& one : m_seen.noted) {
            if (one.account != account) continue;
            const EventRule* const rule = rule_of(one.event);
            if (rule == nullptr)
                ADD_FAILURE() << one.event << " has no row in tests/support/event_rules.cpp";
            else if (rule->to != ToldTo::nobody)
                hold_event(*rule, one, credentials);
        }
    }

    void hold_event(const EventRule& rule, const Noted& noted, const store::CredentialSet& credentials)
    {
        auto rows = rows_of(noted.account, rule.mail);
        if (!rule.instead.empty())
            std::ranges::move(rows_of(noted.account, rule.instead), std::back_inserter(rows));
        if (rule.to == ToldTo::sometimes && rows.empty()) return;
        const std::int64_t owed = owed_times(noted.account, rule.mail);
        for (const Email& address : addresses(rule, noted, credentials)) {
            const auto told = std::ranges::count_if(
                rows, [&](const auto& row) { return store::went_to(m_keys, row, address); });
            EXPECT_GE(told, owed) << rule.event << ": " << rule.mail << " to " << address.address();
        }
        if (rule.text.empty()) return;
        const auto texts = std::ranges::count_if(m_seen.put, [&](const Put& one) {
            return one.is_text && one.account == noted.account && one.message == rule.text;
        });
        EXPECT_GE(texts, std::ssize(proof::told_phones(credentials, noted.at)))
            << rule.event << ": " << rule.text;
    }

    /// The history says what it is about.
    void hold_message(const Put& put) const
    {
        const auto knows = [&](const Noted& one) {
            const auto* const rule = rule_of(one.event);
            return one.account == *put.account && rule &&
                   (rule->mail == put.message || rule->text == put.message || rule->instead == put.message);
        };
        const auto without = messages_without_event();
        EXPECT_TRUE(std::ranges::find(without, put.message, &NoEvent::message) != without.end() ||
                    std::ranges::any_of(m_seen.noted, knows))
            << put.message << " tells of something that the history does not have";
    }

    Seen& m_seen;
    const store::Keys& m_keys;
};

}  // namespace

void EventWatch::submit(Work work, Done done)
{
    auto watched = [this, work = std::move(work)](db::Tx& tx) mutable {
        Seen seen(tx);
        work(seen);
        const std::uint64_t theirs = seen.statements;
        Law(seen, m_keys).hold();
        m_own_statements += seen.statements - theirs;
    };
    m_real.submit(std::move(watched), std::move(done));
}

void EventWatch::submit_single(Single kind, db::Sql sql, std::vector<db::Value> arguments, DoneRows done)
{
    m_real.submit_single(kind, sql, std::move(arguments), std::move(done));
}

void done_by_hand(db::Tx& tx)
{
    if (auto* const seen = dynamic_cast<Seen*>(&tx)) seen->by_hand = true;
}

}  // namespace sallyport::test
