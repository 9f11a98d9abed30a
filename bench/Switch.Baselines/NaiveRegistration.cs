using Confluent.Kafka;
using StackExchange.Redis;
using Switch.Iso8583;

namespace Switch.Baselines;

/// <summary>What the naive handler needs, made as each library's own introduction makes it.</summary>
internal static class NaiveRegistration
{
    public static void AddNaive(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IConnectionMultiplexer>(ConnectionMultiplexer.Connect(configuration["Redis"]!));
        services.AddSingleton(new ProducerBuilder<string, byte[]>(new ProducerConfig
        {
            BootstrapServers = configuration["Kafka"],
            Acks = Acks.All,
            EnableIdempotence = true,
        }).Build());
        services.AddSingleton(new NaiveSettings(configuration["Topic"]!));
        var options = new IsoLinkOptions();
        options.Endpoints.Add(configuration["Acquirer"]!);
        var link = new IsoLink(options);
        link.Start();
        services.AddSingleton(link);
        services.AddSingleton<NaiveAcquirer>();
        // One for all calls: it holds nothing of any.
        services.AddSingleton<NaiveEndpoint>();
    }
}

/// <summary>Where the naive handler tells its answers.</summary>
internal sealed record NaiveSettings(string Topic);
