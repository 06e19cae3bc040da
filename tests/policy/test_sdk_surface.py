"""Calls of the SDKs that are used most, each with the use that the packs say it is."""

from __future__ import annotations

import pytest

from datause_lint.policy.loader import load_policy

POLICY = load_policy([], default_packs=True)
CALLS = {
    "ai.inference": """
        xai_sdk.Client().chat.create().sample openai.OpenAI().responses.create openai.OpenAI().responses.stream
        openai.OpenAI().responses.parse
        openai.AsyncOpenAI().chat.completions.create openai.OpenAI().beta.chat.completions.parse
        openai.OpenAI().completions.create openai.chat.completions.create openai.responses.create
        openai.OpenAI().beta.threads.messages.create openai.OpenAI().beta.threads.create
        openai.OpenAI().beta.threads.create_and_run_poll openai.OpenAI().beta.threads.create_and_run_stream
        openai.OpenAI().beta.threads.runs.create_and_stream openai.OpenAI().beta.threads.runs.create_and_poll
        openai.OpenAI().beta.threads.runs.submit_tool_outputs_and_poll openai.OpenAI().beta.assistants.update
        openai.OpenAI().conversations.create openai.OpenAI().conversations.items.create
        openai.OpenAI().moderations.create openai.OpenAI().audio.transcriptions.create
        openai.OpenAI().audio.speech.create openai.OpenAI().images.generate openai.OpenAI().images.create_variation
        openai.OpenAI().videos.create openai.OpenAI().videos.edit openai.OpenAI().videos.remix
        openai.OpenAI().batches.create openai.OpenAI().chat.completions.with_raw_response.create
        openai.OpenAI().with_options().responses.create openai.AzureOpenAI().responses.create
        openai.lib.bedrock.BedrockOpenAI().responses.create openai.ChatCompletion.create openai.Completion.acreate
        agents.Runner.run agents.Runner.run_sync agents.Runner.run_streamed agents.Agent
        anthropic.Anthropic().messages.create anthropic.AsyncAnthropicBedrock().messages.stream
        anthropic.AnthropicAWS().messages.create anthropic.AnthropicBedrockMantle().messages.create
        anthropic.AnthropicVertex().messages.create anthropic.AnthropicGoogleCloud().messages.create
        anthropic.AnthropicFoundry().messages.create anthropic.Anthropic().beta.messages.create
        anthropic.Anthropic().messages.count_tokens anthropic.Anthropic().messages.batches.create
        anthropic.Anthropic().beta.messages.batches.create anthropic.Anthropic().completions.create
        anthropic.Anthropic().beta.sessions.events.send anthropic.Anthropic().beta.sessions.create
        google.genai.Client().models.generate_content google.genai.Client().aio.models.generate_content_stream
        google.genai.Client().chats.create().send_message google.genai.Client().interactions.create
        google.genai.Client().aio.live.connect().send_client_content
        google.genai.Client().aio.live.connect().send_realtime_input google.genai.Client().models.generate_images
        google.genai.Client().models.edit_image google.genai.Client().models.generate_videos
        google.generativeai.GenerativeModel().generate_content
        google.generativeai.GenerativeModel().start_chat().send_message
        vertexai.generative_models.GenerativeModel().generate_content
        vertexai.generative_models.ChatSession().send_message vertexai.language_models.TextGenerationModel().predict
        google.cloud.aiplatform.Endpoint().predict google.cloud.aiplatform.Endpoint().raw_predict
        google.cloud.aiplatform.Model().batch_predict mistralai.Mistral().chat.complete
        mistralai.client.Mistral().chat.stream_async mistralai.Mistral().agents.complete
        mistralai.Mistral().fim.complete mistralai.Mistral().beta.conversations.start
        mistralai.Mistral().beta.conversations.append_stream mistralai.Mistral().classifiers.moderate
        mistralai.Mistral().ocr.process mistralai.Mistral().audio.transcriptions.complete
        mistralai.Mistral().batch.jobs.create cohere.Client().chat cohere.ClientV2().chat_stream
        cohere.Client().generate cohere.Client().generate_stream cohere.Client().summarize cohere.Client().classify
        cohere.Client().rerank cohere.Client().v2.chat cohere.BedrockClient().chat cohere.SagemakerClientV2().chat
        cohere.OciClient().chat cohere.AwsClient().chat cohere.AsyncClient().chat groq.Groq().chat.completions.create
        groq.AsyncGroq().audio.transcriptions.create groq.Groq().batches.create
        together.Together().chat.completions.create together.Together().completions.create
        together.Together().images.generate together.Together().rerank.create
        together.Together().audio.transcriptions.create together.Together().batches.create_batch replicate.run
        replicate.async_run replicate.stream replicate.Client().run replicate.Client().predictions.create
        replicate.predictions.create replicate.deployments.predictions.create
        huggingface_hub.InferenceClient().chat_completion huggingface_hub.AsyncInferenceClient().text_generation
        huggingface_hub.InferenceClient().chat.completions.create huggingface_hub.InferenceClient().summarization
        huggingface_hub.InferenceClient().automatic_speech_recognition huggingface_hub.InferenceClient().image_to_text
        huggingface_hub.InferenceClient().zero_shot_classification boto3.client().invoke_model boto3.client().converse
        boto3.client().converse_stream boto3.client().start_async_invoke boto3.client().apply_guardrail
        boto3.client().invoke_agent boto3.client().invoke_flow boto3.client().retrieve_and_generate
        boto3.client().rerank boto3.client().create_model_invocation_job boto3.client().create_evaluation_job
        boto3.client().invoke_endpoint boto3.client().invoke_endpoint_async boto3.client().detect_sentiment
        boto3.client().batch_detect_entities boto3.client().classify_document boto3.client().analyze_document
        boto3.client().start_transcription_job boto3.client().translate_text boto3.client().synthesize_speech
        boto3.client().recognize_text boto3.client().chat_sync boto3.Session().client().converse
        aioboto3.Session().client().converse azure.ai.inference.ChatCompletionsClient().complete
        azure.ai.inference.aio.ChatCompletionsClient().complete litellm.completion litellm.acompletion
        litellm.Router().completion litellm.text_completion litellm.responses litellm.anthropic_messages
        litellm.transcription litellm.moderation litellm.rerank litellm.create_batch ollama.chat
        ollama.Client().generate fireworks.client.Fireworks().chat.completions.create
        cerebras.cloud.sdk.Cerebras().chat.completions.create perplexity.Perplexity().chat.completions.create
        voyageai.Client().rerank assemblyai.Transcriber().transcribe
        deepgram.DeepgramClient().listen.rest.v().transcribe_file elevenlabs.ElevenLabs().text_to_speech.convert
        ai21.AI21Client().chat.completions.create writerai.Writer().chat.chat
        ibm_watsonx_ai.foundation_models.ModelInference().generate
        ibm_watsonx_ai.foundation_models.ModelInference().chat llama_index.core.llms.LLM().chat
        llama_index.llms.openai.OpenAI().complete
        llama_index.core.VectorStoreIndex.from_documents().as_query_engine().query
        llama_index.core.VectorStoreIndex().as_chat_engine().chat dspy.Predict()() dspy.ChainOfThought()() dspy.LM()()
        instructor.from_provider().chat.completions.create pydantic_ai.Agent().run pydantic_ai.Agent().run_sync
        pydantic_ai.Agent().run_stream pydantic_ai.Agent().iter pydantic_ai.direct.model_request
        haystack.components.generators.chat.OpenAIChatGenerator().run haystack.components.agents.Agent().run
        crewai.Crew().kickoff crewai.Crew().kickoff_async crewai.Crew().akickoff crewai.Crew().kickoff_for_each
        crewai.LLM().call autogen.ConversableAgent().initiate_chat autogen_agentchat.agents.AssistantAgent().run
        semantic_kernel.Kernel().invoke semantic_kernel.Kernel().invoke_prompt
        posthoganalytics.ai.openai.OpenAI().chat.completions.create posthog.ai.openai.OpenAI().chat.completions.create
        langfuse.openai.OpenAI().chat.completions.create sagemaker.predictor.Predictor().predict
        langchain_openai.ChatOpenAI().invoke langchain_openai.ChatOpenAI().ainvoke
        langchain_anthropic.ChatAnthropic().stream langchain.chat_models.init_chat_model().invoke
        langchain_core.language_models.BaseChatModel().invoke
    """,
    "ai.embedding": """
        openai.OpenAI().embeddings.create google.genai.Client().models.embed_content
        google.genai.Client().batches.create_embeddings google.generativeai.embed_content
        vertexai.language_models.TextEmbeddingModel().get_embeddings mistralai.Mistral().embeddings.create
        cohere.Client().embed cohere.Client().embed_jobs.create groq.Groq().embeddings.create
        together.Together().embeddings.create huggingface_hub.InferenceClient().feature_extraction
        huggingface_hub.InferenceClient().sentence_similarity azure.ai.inference.EmbeddingsClient().embed
        azure.ai.inference.ImageEmbeddingsClient().embed litellm.embedding litellm.aembedding voyageai.Client().embed
        langchain_openai.OpenAIEmbeddings().embed_documents langchain_openai.OpenAIEmbeddings().embed_query
        llama_index.core.VectorStoreIndex.from_documents llama_index.core.VectorStoreIndex().insert dspy.Embedder()()
        pydantic_ai.Embedder().embed_query haystack.components.embedders.OpenAIDocumentEmbedder().run
        pinecone.Pinecone().inference.embed
    """,
    "ai.upload": """
        openai.OpenAI().files.create openai.OpenAI().uploads.parts.create openai.OpenAI().vector_stores.files.upload
        openai.OpenAI().vector_stores.file_batches.upload_and_poll openai.OpenAI().containers.files.create
        openai.OpenAI().evals.create openai.OpenAI().evals.runs.create anthropic.Anthropic().beta.files.upload
        anthropic.Anthropic().beta.memory_stores.memories.create google.genai.Client().files.upload
        google.genai.Client().file_search_stores.upload_to_file_search_store google.genai.Client().caches.create
        google.generativeai.upload_file mistralai.Mistral().files.upload
        mistralai.Mistral().beta.libraries.documents.upload
        mistralai.Mistral().beta.observability.datasets.create_record cohere.Client().datasets.create
        groq.Groq().files.create together.Together().files.upload replicate.files.create
        boto3.client().ingest_knowledge_base_documents boto3.client().put_record boto3.client().batch_put_document
        boto3.client().put_events boto3.client().create_dataset_import_job litellm.create_file
        litellm.vector_store_file_create wandb.log wandb.init().log mlflow.log_artifact mlflow.log_table
        mlflow.log_dict mlflow.log_text mlflow.log_input mlflow.genai.evaluate mlflow.sklearn.log_model
        comet_ml.Experiment().log_text neptune.init_run()[].upload clearml.Task().upload_artifact
        langsmith.Client().create_run langsmith.Client().create_example langfuse.Langfuse().trace
        braintrust.init_dataset().insert weave.publish pinecone.Index().upsert
        pinecone.Pinecone().Index().upsert_records pinecone.Pinecone().Index().upsert_from_dataframe
        pinecone.Pinecone().Index().update qdrant_client.QdrantClient().upsert
        qdrant_client.QdrantClient().upload_points qdrant_client.QdrantClient().upload_collection
        chromadb.CloudClient().get_or_create_collection().upsert
        weaviate.connect_to_weaviate_cloud().collections.get().data.insert_many pymilvus.MilvusClient().insert
        pymilvus.MilvusClient().upsert feast.FeatureStore().push feast.FeatureStore().write_to_online_store
        google.cloud.aiplatform.TabularDataset.create google.cloud.aiplatform.TextDataset().import_data
    """,
    "ai.fine_tuning": """
        openai.OpenAI().fine_tuning.jobs.create openai.OpenAI().files.create google.genai.Client().tunings.tune
        google.generativeai.create_tuned_model vertexai.tuning.sft.train
        vertexai.language_models.TextGenerationModel().tune_model mistralai.Mistral().fine_tuning.jobs.create
        cohere.Client().finetuning.create_finetuned_model together.Together().fine_tuning.create
        replicate.trainings.create boto3.client().create_model_customization_job boto3.client().create_custom_model
        sagemaker.train.SFTTrainer().train litellm.create_fine_tuning_job dspy.BootstrapFinetune().compile
        transformers.Trainer().train transformers.Seq2SeqTrainer().train trl.SFTTrainer().train trl.DPOTrainer().train
        trl.experimental.ppo.PPOTrainer().train trl.experimental.orpo.ORPOTrainer().train
        sentence_transformers.SentenceTransformer().fit sentence_transformers.SentenceTransformerTrainer().train
        sentence_transformers.CrossEncoder().fit sentence_transformers.sparse_encoder.SparseEncoderTrainer().train
    """,
    "ai.training": """
        sklearn.linear_model.LogisticRegression().fit sklearn.pipeline.Pipeline().fit
        sklearn.model_selection.GridSearchCV().fit sklearn.model_selection.cross_val_score
        sklearn.ensemble.RandomForestClassifier().fit sklearn.linear_model.SGDClassifier().partial_fit
        sklearn.cluster.KMeans().fit_predict xgboost.train xgboost.cv xgboost.XGBClassifier().fit lightgbm.train
        lightgbm.cv lightgbm.LGBMClassifier().fit catboost.CatBoostClassifier().fit keras.Model().fit
        keras.Sequential().train_on_batch tensorflow.keras.Sequential().fit lightning.Trainer().fit
        pytorch_lightning.Trainer().fit spacy.load().update spacy.blank().initialize spacy.training.loop.train
        gensim.models.Word2Vec().train gensim.models.Word2Vec implicit.als.AlternatingLeastSquares().fit
        surprise.SVD().fit lightfm.LightFM().fit prophet.Prophet().fit statsmodels.api.OLS().fit
        boto3.client().create_training_job boto3.client().create_auto_ml_job boto3.client().create_document_classifier
        sagemaker.estimator.Estimator().fit sagemaker.huggingface.HuggingFace().fit
        sagemaker.train.ModelTrainer().train google.cloud.aiplatform.CustomTrainingJob().run
        google.cloud.aiplatform.AutoMLTabularTrainingJob().run ignite.engine.Engine().run
        transformers.AutoTokenizer.from_pretrained().train_new_from_iterator
    """,
    "ai.publication": """
        huggingface_hub.HfApi().upload_file huggingface_hub.HfApi().upload_folder huggingface_hub.upload_large_folder
        huggingface_hub.HfApi().create_commit huggingface_hub.CommitScheduler datasets.Dataset().push_to_hub
        datasets.DatasetDict().push_to_hub kagglehub.dataset_upload kaggle.api.dataset_create_new
    """,
}


@pytest.mark.parametrize(("use", "path"), [(use, path) for use, paths in CALLS.items() for path in paths.split()])
def test_a_call_is_a_sink(use: str, path: str) -> None:
    assert use in {sink.use for sink in POLICY.sinks_at(POLICY.canonical(path))}


@pytest.mark.parametrize(
    "path",
    [
        "sklearn.preprocessing.StandardScaler().fit",
        "keras.layers.Normalization().adapt",
        "ollama.embed",
        "chromadb.Client().get_collection().add",
        "elasticsearch.Elasticsearch().index",
        "twilio.rest.Client().messages.create",
        "langchain_core.prompts.ChatPromptTemplate().invoke",
    ],
)
def test_a_call_that_only_looks_like_one_is_none(path: str) -> None:
    assert not [sink for sink in POLICY.sinks_at(POLICY.canonical(path)) if not sink.when]
