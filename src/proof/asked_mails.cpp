#include "proof/asked_mails.h"

#include "policy/throttle.h"
#include "store/budgets.h"

#include <algorithm>

namespace sallyport::proof {

namespace {

constexpr Duration no_gap{0};

struct Budgets {
    store::BudgetKey network;
    store::BudgetKey address;
};

Budgets budgets_of(const World& world, const Asker& asker, const Email& email)
{
    using store::BudgetKind;
    const auto& index = world.keys.index;
    return {{BudgetKind::mail_network, index.of("mails", asker.network)},
            {BudgetKind::mail_address, index.of("mails", email.key() + " " + asker.network)}};
}

}  // namespace

Task<std::optional<Instant>> charge_asked_mail(World& world, Asker asker, Email email, Instant now)
{
    const Budgets budgets = budgets_of(world, asker, email);
    const auto& mails = world.throttle;
    const auto by_network = co_await store::charge_mail(world.database, budgets.network, network_mails_max,
                                                        network_mails_window, no_gap, now);
    bool admitted = by_network.has_value();
    if (admitted) {
        const auto by_address = co_await store::charge_mail(world.database, budgets.address, mails.mails_max,
                                                            mails.mails_window, mails.mail_gap, now);
        admitted = by_address.has_value();
    }
    if (admitted) co_return std::nullopt;
    std::vector<store::BudgetKey> keys{budgets.network, budgets.address};
    const auto spent = co_await store::read_budgets(world.database, std::move(keys));
    const Instant network_free = spent[0].charged >= network_mails_max ? spent[0].window_ends_at : now;
    const Instant address_free =
        policy::throttle::next_mail_at(store::mails_of(spent[1], mails.mail_gap), now, mails);
    co_return std::max({now + std::chrono::seconds{1}, network_free, by_network ? address_free : now});
}

}  // namespace sallyport::proof
