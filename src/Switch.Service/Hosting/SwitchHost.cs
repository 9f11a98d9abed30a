using Microsoft.AspNetCore.Connections;
using Switch.Service.Acquirers;
using Switch.Service.Advices;
using Switch.Service.Authorization;
using Switch.Service.Idempotency;
using Switch.Service.Journal;
using Switch.Service.Keys;
using Switch.Service.Merchants;
using Switch.Service.Operations;
using Switch.Service.Outbox;
using Switch.Service.Recovery;
using Switch.Service.Routes;
using Switch.Service.Telemetry;

namespace Switch.Service.Hosting;

/// <summary>Puts the service together. Reads as its table of contents.</summary>
public static class SwitchHost
{
    /// <summary>Builds the service from the builder's configuration; start it with <c>RunAsync</c>.</summary>
    /// <exception cref="Exception">
    /// The configuration or one of its files can't be used; the message names every fault with its path.
    /// </exception>
    public static WebApplication Build(WebApplicationBuilder builder) => Build(builder, static _ => { });

    /// <summary>As <see cref="Build(WebApplicationBuilder)"/>, with services replaced: for tests that break one on
    /// purpose.</summary>
    internal static WebApplication Build(WebApplicationBuilder builder, Action<IServiceCollection> replace)
    {
        builder.AddSwitch();
        replace(builder.Services);
        var app = builder.Build();
        try
        {
            app.Services.MakeAll();
            app.MapSwitch();
            return app;
        }
        catch
        {
            // What was opened already, the journal above all, has to be free for the next try.
            app.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw;
        }
    }

    /// <summary>
    /// Whether an exception says that the configuration is wrong, so that its message is all a person needs.
    /// </summary>
    public static bool IsFaultOfSetup(Exception exception) =>
        exception is InvalidConfigurationException or JournalOpenException
        // The port was taken between looking and listening.
        || exception is IOException { InnerException: AddressInUseException };

    /// <summary>Makes a key file with fresh keys of every purpose, readable by its owner only.</summary>
    /// <exception cref="IOException">The file exists, or can't be written.</exception>
    public static void CreateKeyFile(string path) => KeyRing.CreateFile(path);

    private static void AddSwitch(this WebApplicationBuilder builder)
    {
        var options = StrictConfiguration.Bind<SwitchOptions>(builder.Configuration, SwitchOptions.Section);
        var services = builder.Services;
        var faults = new SetupFaults();
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSwitchTelemetry(options);
        faults.Try(() => services.AddKeys(options));
        services.AddMerchants(options);
        services.AddRoutes(options);
        services.AddIdempotency(options);
        services.AddJournal(options);
        services.AddAcquirers();
        services.AddOutbox();
        services.AddAdvices();
        services.AddRecovery(options);
        faults.Try(() => services.AddAuthorization(options));
        services.AddOperations();
        services.AddLifecycle(options);
        faults.ThrowIfAny();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Listeners.Open(kestrel, options));
    }

    // Everything is made now: a fault in a file has to stop the start, not the first payment.
    private static void MakeAll(this IServiceProvider services)
    {
        var faults = new SetupFaults();
        var options = services.GetRequiredService<SwitchOptions>();
        faults.Try(() => KafkaClientSettings.Check(options.Kafka, options.InstanceName));
        faults.Try(() => services.GetService<TlsCertificates>());
        faults.Try(() => Listeners.CheckFree(options));
        faults.Try(() => services.GetRequiredService<MerchantDirectory>());
        faults.Try(() => services.GetRequiredService<RouteTableSource>());
        faults.ThrowIfAny();
        // The journal comes with these, last: a start that fails over a file makes and locks none.
        services.GetRequiredService<AuthorizationEndpoint>();
        services.GetRequiredService<OperationsEndpoint>();
    }

    private static void MapSwitch(this WebApplication app)
    {
        app.UseRouting();
        app.Use(Listeners.Guard);
        app.MapTerminalApi();
        app.MapOperations();
        app.MapProbes();
    }
}
