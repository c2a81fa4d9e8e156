#include "render/region.h"

#include "base/check.h"
#include "render/icu.h"

#include <unicode/coll.h>

#include <algorithm>
#include <memory>

namespace sallyport::render {

std::string region_name(Language language, std::string_view region)
{
    const icu::Locale locale("", std::string(region).c_str());
    icu::UnicodeString name;
    locale.getDisplayCountry(icu_locale(language), name);
    std::string text = to_utf8(name);
    return text.empty() ? std::string(region) : text;
}

std::vector<std::size_t> dictionary_order(Language language, const std::vector<std::string>& names)
{
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::Collator> collator(
        icu::Collator::createInstance(icu_locale(language), status));
    CHECK(U_SUCCESS(status) && collator != nullptr);
    std::vector<std::size_t> order(names.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        UErrorCode compared = U_ZERO_ERROR;
        const auto less = collator->compareUTF8(names[a], names[b], compared);
        return less != UCOL_EQUAL ? less == UCOL_LESS : a < b;
    });
    return order;
}

}  // namespace sallyport::render
