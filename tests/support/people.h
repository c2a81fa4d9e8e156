#pragma once
// The people of tests and what the tables need for them: keys and randomness that are the same at every run,
// a clock that the test sets, and the log as the operator would read it. Needs store and what is below it;
// world.h adds proof.
#include "base/log.h"
#include "base/mutex.h"
#include "crypto/key_file.h"
#include "crypto/mac.h"
#include "crypto/password_hash.h"
#include "crypto/recovery_code.h"
#include "crypto/seal.h"
#include "crypto/test_random.h"
#include "crypto/totp.h"
#include "ports/clock.h"
#include "ports/random.h"
#include "store/accounts.h"
#include "store/credentials.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace sallyport::test {

/// 2026-11-22 08:31:41 UTC.
inline constexpr Instant start_of_test = from_unix_ms(1'795'336'301'000);
inline constexpr crypto::HashParameters cheap_hash{.memory_kib = 64, .passes = 1};

class SetClock final : public ports::Clock {
public:
    [[nodiscard]] Instant now() const override { return from_unix_ms(m_now.load()); }
    void set(Instant now) { m_now = to_unix_ms(now); }
    void advance(Duration by) { m_now += by.count(); }

private:
    std::atomic<std::int64_t> m_now = to_unix_ms(start_of_test);
};

/// Safe on any thread.
class SeededRandom final : public ports::Random {
public:
    explicit SeededRandom(std::uint64_t seed) : m_random(seed) {}
    void fill(std::span<std::uint8_t> out) override
    {
        const Lock lock(m_mutex);
        m_random.fill(out);
    }

private:
    Mutex m_mutex;
    crypto::TestRandom m_random GUARDED_BY(m_mutex);
};

/// One key file: two of them are two processes of one installation.
struct KeySet {
    SeededRandom random{1};
    crypto::KeyRing ring = crypto::KeyRing::generate(random);
    crypto::Sealer sealer{ring, random};
    crypto::RowAuthenticator rows{ring};
    crypto::IndexKey index{ring};
    crypto::Peppers peppers{ring};
    store::Keys keys{sealer, rows, index};
};

/// Takes the log for its life.
class CapturedLog final : public log::Sink {
public:
    CapturedLog() { log::install(this); }
    ~CapturedLog() override { log::install(nullptr); }
    CapturedLog(const CapturedLog&) = delete;
    CapturedLog& operator=(const CapturedLog&) = delete;
    void write(log::Level level, std::string_view line) override
    {
        const Lock lock(m_mutex);
        m_lines.emplace_back(level, line);
    }
    [[nodiscard]] std::vector<std::string> lines(log::Level level)
    {
        const Lock lock(m_mutex);
        std::vector<std::string> found;
        for (const auto& [at, line] : m_lines)
            if (at == level) found.push_back(line);
        return found;
    }
    [[nodiscard]] std::size_t alarms() { return lines(log::Level::alarm).size(); }

private:
    Mutex m_mutex;
    std::vector<std::pair<log::Level, std::string>> m_lines GUARDED_BY(m_mutex);
};

struct PersonPlan {
    std::string email = "ada@mail.example";
    std::string password = "a kettle of violets";
    std::size_t apps = 1;
    std::size_t codes = 0;
    std::string notice_email{};  // empty: none
    crypto::HashParameters hash = cheap_hash;
    Instant created_at = start_of_test - std::chrono::days{30};
    std::string words = "amber river 48";
};

struct Person {
    AccountId id;
    Email email;
    std::string password;
    std::vector<Secret> apps;
    std::vector<FactorId> app_ids;
    std::vector<Secret> codes;  // as printed
    std::vector<FactorId> code_ids;

    /// What app `app` shows at `now`, by a clock that is `steps` off.
    [[nodiscard]] std::string code(Instant now, std::int64_t steps = 0, std::size_t app = 0) const
    {
        return crypto::code_at_step(apps.at(app), crypto::step_of(now) + steps);
    }
    /// A code that no step near `now` has.
    [[nodiscard]] std::string wrong_code(Instant now) const
    {
        for (int n = 0;; ++n) {
            std::string digits = std::to_string(n);
            digits.insert(0, 6 - digits.size(), '0');
            bool shown = false;
            for (const Secret& app : apps)
                shown = shown || !crypto::matching_steps(app, digits, crypto::step_of(now) - 20,
                                                         crypto::step_of(now) + 20)
                                      .empty();
            if (!shown) return digits;
        }
    }
};

/// Creates an account by the store's own calls, in one transaction.
inline Person make_person(db::Database& database, const KeySet& keys, ports::Random& random,
                          const PersonPlan& plan = {})
{
    const Instant at = plan.created_at;
    Person person{random.id<AccountId>(at), *Email::parse(plan.email), plan.password, {}, {}, {}, {}};
    const crypto::KeyId pepper = keys.peppers.current_id();
    const Secret password = Secret::from_text(plan.password);
    const store::StoredHash hash{crypto::argon2id(keys.peppers.password(password, pepper), plan.hash, random),
                                 pepper};
    for (std::size_t i = 0; i < plan.apps; ++i) {
        person.apps.push_back(crypto::new_totp_secret(random));
        person.app_ids.push_back(random.id<FactorId>(at));
    }
    std::vector<store::StoredHash> code_hashes;
    for (std::size_t i = 1; i <= plan.codes; ++i) {
        const auto code = crypto::new_recovery_code(static_cast<int>(i), random);
        const auto input = crypto::recovery_input(keys.peppers, pepper, person.id, code);
        code_hashes.push_back({crypto::argon2id(input, cheap_hash, random), pepper});
        person.codes.push_back(crypto::letters_form(code));
        person.code_ids.push_back(random.id<FactorId>(at));
    }
    const store::Account account{person.id, "en", {plan.words, "", at}, at};
    const auto password_id = random.id<FactorId>(at);
    const auto channel_id = random.id<ChannelId>(at);
    const auto notice_id = random.id<ChannelId>(at);
    const auto kit_id = random.id<KitId>(at);
    auto work = [&](db::Tx& tx) {
        auto set = store::CredentialSet::for_new(person.id, person.email, at);
        set.set_password(password_id, hash, at);
        set.add_channel({channel_id, store::ChannelRole::primary, person.email, at});
        if (!plan.notice_email.empty())
            set.add_channel({notice_id, store::ChannelRole::notice, *Email::parse(plan.notice_email), at});
        for (std::size_t i = 0; i < person.apps.size(); ++i)
            set.add_totp_app(keys.keys, person.app_ids[i], person.apps[i], 0, 0, at);
        if (plan.codes > 0) set.set_kit(kit_id, person.code_ids, code_hashes, at);
        store::create_account(tx, keys.keys, account, person.email, set);
        store::note_hash_parameters(tx, plan.hash);
    };
    sync_wait(database.transact(std::move(work)));
    return person;
}

/// Runs `work` on `count` threads and waits for all of them.
inline void in_parallel(int count, const std::function<void(int)>& work)
{
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
    for (std::thread& thread : threads) thread.join();
}

}  // namespace sallyport::test
