// How long a page takes to render, without I/O, in one thread.
//     pages
// prints "NAME MEDIAN_US P95_US BYTES" for each page.
#include "render/messages.h"
#include "render/page.h"
#include "views/sign_in.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

namespace {

using namespace sallyport;

constexpr std::size_t warm_up_rounds = 500;
constexpr std::size_t rounds = 5'000;

template <class View>
void measure(const char* name, const View& view, const render::Page& page)
{
    std::vector<double> taken;
    taken.reserve(rounds);
    std::size_t bytes = 0;
    for (std::size_t round = 0; round < warm_up_rounds + rounds; ++round) {
        const auto begun = std::chrono::steady_clock::now();
        std::string out;
        render::write_html(view, page, out);
        const std::chrono::duration<double, std::micro> spent = std::chrono::steady_clock::now() - begun;
        bytes = out.size();
        if (round >= warm_up_rounds) taken.push_back(spent.count());
    }
    std::ranges::sort(taken);
    std::printf("%s %.2f %.2f %zu\n", name, taken[rounds / 2], taken[rounds * 95 / 100], bytes);
}

/// As after a wrong password: the page with all that it may have.
views::SignIn sign_in()
{
    views::SignIn view;
    view.email = "ada@example.com";
    view.then = "/account";
    view.problems.add("", render::Msg::sign_in_not_right);
    return view;
}

}  // namespace

int main()
{
    render::Page english;
    render::Page arabic;
    arabic.language = render::Language::ar;
    measure("sign-in,en", sign_in(), english);
    measure("sign-in,ar", sign_in(), arabic);
    return 0;
}
