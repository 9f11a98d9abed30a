using Switch.Service.Events;
using Switch.Service.Hosting;
using Switch.Service.ResponseCodes;
using Switch.Service.Telemetry;

namespace Switch.Service.Authorization;

/// <summary>The terminal API and the flows behind it.</summary>
internal static class AuthorizationRegistration
{
    // A request with everything in it is under 1 KB; this leaves room and still bounds a hostile one.
    private const int MessageBytesMax = 64 * 1024;

    // A refusal repeats the key of its request, in which each byte that is no UTF-8 has become three, and names every
    // fault: it may be longer than what it answers.
    private const int AnswerBytesMax = 4 * MessageBytesMax;

    /// <exception cref="InvalidConfigurationException">The response codes or the business day can't be
    /// used.</exception>
    public static void AddAuthorization(this IServiceCollection services, SwitchOptions options)
    {
        services.AddSingleton(LoadCodes(options));
        services.AddSingleton(CreateCalendar(options.BusinessDay));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<InFlightGate>(provider, options.Limits));
        services.AddSingleton<CallerIdentities>();
        services.AddSingleton<RequestValidator>();
        services.AddSingleton<PaymentRouter>();
        services.AddSingleton<TransactionEvents>();
        services.AddSingleton<Answers>();
        services.AddSingleton<Outcomes>();
        services.AddSingleton<UnfinishedRequests>();
        services.AddSingleton<LateReversals>();
        services.AddSingleton<Conclusions>();
        services.AddSingleton<InDoubt>();
        services.AddSingleton<AttemptRunner>();
        services.AddSingleton<AuthorizePipeline>();
        services.AddSingleton<ReversalPipeline>();
        services.AddSingleton<TransactionLookup>();
        services.AddSingleton<AuthorizationEndpoint>();
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = MessageBytesMax;
            grpc.MaxSendMessageSize = AnswerBytesMax;
            grpc.Interceptors.Add<ServerCalls>();
        });
        if (options.Tls is { } tls)
            services.AddSingleton(provider => ActivatorUtilities.CreateInstance<TlsCertificates>(provider, tls));
        if (options.Telemetry.Reflection) services.AddGrpcReflection();
    }

    public static void MapTerminalApi(this WebApplication app)
    {
        app.MapGrpcService<AuthorizationEndpoint>().WithMetadata(new ServedOn(Listener.Terminals));
        if (app.Services.GetRequiredService<SwitchOptions>().Telemetry.Reflection)
            app.MapGrpcReflectionService().WithMetadata(new ServedOn(Listener.Terminals, Listener.Operations));
    }

    private static ResponseCodeTable LoadCodes(SwitchOptions options)
    {
        ResponseCodeTable table;
        try
        {
            table = options.Files.ResponseCodes is { } path
                ? ResponseCodeTable.Load(path)
                : ResponseCodeTable.LoadDefault();
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidConfigurationException([$"Switch:Files:ResponseCodes: {e.Message}"]);
        }

        var faults = new List<string>();
        foreach (var (name, acquirer) in options.Acquirers)
            foreach (var (own, code) in acquirer.ResponseCodes)
                if (!table.Knows(code))
                    faults.Add($"Switch:Acquirers:{name}:ResponseCodes:{own}: \"{code}\" is not in the table of codes");
        return faults.Count == 0 ? table : throw new InvalidConfigurationException(faults);
    }

    private static BusinessCalendar CreateCalendar(BusinessDayOptions options)
    {
        try
        {
            return new BusinessCalendar(options);
        }
        catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            throw new InvalidConfigurationException([$"Switch:BusinessDay:TimeZone: {e.Message}"]);
        }
    }
}
