using Switch.Service.Acquirers;
using Switch.Service.Authorization;
using Switch.Service.Idempotency;
using Switch.Service.Journal;
using Switch.Service.Keys;
using Switch.Service.Merchants;
using Switch.Service.Operations;
using Switch.Service.Outbox;
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
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        builder.AddSwitch();
        var app = builder.Build();
        // Everything is made now: a fault in a file has to stop the start, not the first payment.
        app.Services.GetRequiredService<AuthorizationEndpoint>();
        app.Services.GetRequiredService<OperationsEndpoint>();
        app.MapSwitch();
        return app;
    }

    /// <summary>Whether an exception says that the configuration is wrong, so that its message is all a person needs.</summary>
    public static bool IsFaultOfSetup(Exception exception) =>
        exception is InvalidConfigurationException or JournalOpenException or RoutesRefusedException;

    /// <summary>Makes a key file with fresh keys of every purpose, readable by its owner only.</summary>
    /// <exception cref="IOException">The file exists, or can't be written.</exception>
    public static void CreateKeyFile(string path) => KeyRing.CreateFile(path);

    private static void AddSwitch(this WebApplicationBuilder builder)
    {
        var options = StrictConfiguration.Bind<SwitchOptions>(builder.Configuration, SwitchOptions.Section);
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSwitchTelemetry(options);
        services.AddKeys(options);
        services.AddMerchants(options);
        services.AddRoutes(options);
        services.AddIdempotency(options);
        services.AddJournal(options);
        services.AddAcquirers();
        services.AddOutbox();
        services.AddAuthorization(options);
        services.AddOperations();
        services.AddLifecycle(options);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Listeners.Open(kestrel, options));
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
