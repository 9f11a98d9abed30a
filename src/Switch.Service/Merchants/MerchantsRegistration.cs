namespace Switch.Service.Merchants;

internal static class MerchantsRegistration
{
    public static void AddMerchants(this IServiceCollection services, SwitchOptions options) =>
        services.AddSingleton(
            provider => ActivatorUtilities.CreateInstance<MerchantDirectory>(provider, options.Files.Merchants));
}
