using Microsoft.Extensions.DependencyInjection;
using Switch.Service.Acquirers;
using Switch.Service.Idempotency;
using Switch.Service.Journal;

namespace Switch.BrokenVariants;

/// <summary>
/// One deliberate fault of the service: the port that it wraps. What checks the guarantees has to catch each of them.
/// </summary>
internal sealed class Variant
{
    /// <summary>The service as it is.</summary>
    public static readonly Variant None = new() { Name = "" };

    private static readonly Variant[] All =
    [
        new() { Name = "reply-before-journal", Journal = static journal => new ReplyBeforeJournal(journal) },
        new() { Name = "fold-sent-unknown", Acquirer = static acquirer => new FoldSentUnknown(acquirer) },
        new() { Name = "complete-without-fence", Store = static store => new CompleteWithoutFence(store) },
    ];

    public static IEnumerable<string> Names => All.Select(static variant => variant.Name);

    public required string Name { get; init; }

    public Func<IJournal, IJournal> Journal { get; private init; } = static journal => journal;

    public Func<IAcquirer, IAcquirer> Acquirer { get; private init; } = static acquirer => acquirer;

    public Func<IIdempotencyStore, IIdempotencyStore> Store { get; private init; } = static store => store;

    /// <summary>The variant of a name, or null.</summary>
    public static Variant? Find(string? name) => Array.Find(All, variant => variant.Name == name);

    /// <summary>Puts the fault into a service that is being put together; its own registrations come first.</summary>
    public void Break(IServiceCollection services)
    {
        Wrap(services, Journal);
        Wrap(services, Store);
        Wrap<AcquirerSet>(services, set => new AcquirerSet([.. set.Names.Select(name => Acquirer(set.Find(name)!))]));
    }

    private static void Wrap<T>(IServiceCollection services, Func<T, T> wrap)
        where T : class
    {
        var registered = services.Last(static service => service.ServiceType == typeof(T));
        services.Remove(registered);
        services.AddSingleton(provider => wrap(Make<T>(provider, registered)));
    }

    private static T Make<T>(IServiceProvider provider, ServiceDescriptor registered)
        where T : class =>
        (T)(registered.ImplementationInstance
            ?? registered.ImplementationFactory?.Invoke(provider)
            ?? ActivatorUtilities.CreateInstance(provider, registered.ImplementationType!));
}
