// Prints its arguments, sorted, by way of the C++ library: streams, containers, exceptions, threads.
#include <algorithm>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

static const std::string &first(const std::vector<std::string> &words)
{
    if (words.empty())
        throw std::runtime_error("no arguments");
    return words.front();
}

int main(int argc, char *argv[])
{
    std::vector<std::string> words(argv + 1, argv + argc);

    std::thread([&] { std::sort(words.begin(), words.end()); }).join();
    std::cout << "Hello from C++, " << words.size() << " arguments" << std::endl;
    for (const std::string &word : words)
        std::cout << '[' << word << "]\n";
    try {
        std::cout << "first: " << first(words) << std::endl;
        first({});
    } catch (const std::exception &error) {
        std::cout << "caught: " << error.what() << std::endl;
    }
}
